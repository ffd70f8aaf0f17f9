import type { TemplateKind } from '@/lib/cms/schema'

/** Code as it is typed, and what it gives. */
export type HelpLine = [code: string, says: string]

const everywhere: HelpLine[] = [
  ['{{ provider.name }}', 'your organisation'],
  ['{{ page_title }}', 'title of the page'],
  ['{% if current_user %} … {% else %} … {% endif %}', 'one text for partners who are signed in, another for visitors'],
  ['{{ current_user.name }}', 'who is signed in'],
  ['{{ current_account.name }}', 'their company'],
  ['{{ urls.signup }}, {{ urls.login }}, {{ urls.dashboard }}', 'addresses of the portal’s own pages'],
  ['{% for service in provider.services %}', 'your APIs: service.name, service.description, service.base_url, service.application_plans'],
]

/** What single pages know besides; by built-in name. */
const ofPages: Record<string, HelpLine[]> = {
  home: [['{{ provider.tagline }}', 'the sentence of your theme settings']],
  plans: [['{% for plan in service.application_plans %}', 'published plans: plan.name, plan.description, plan.limits, plan.features']],
  docs: [['{% for spec in provider.api_specs %}', 'API references: spec.name, spec.docs_url, spec.operations_count']],
  docs_spec: [['{{ api_spec.name }}, {{ api_spec.description }}', 'the reference that is open']],
  'signup/show': [
    ['{{ user.fields }}, {{ account.fields }}', 'what you ask for, in your order: field.label, field.input_name, field.required'],
    ['{{ plans }}', 'the plans a newcomer starts on'],
  ],
  'dashboards/show': [
    ['{{ account.applications }}', 'their applications with keys and usage'],
    ['{% for use in application.usage %}', 'use.metric, use.used, use.limit, use.percent, use.resets_at'],
  ],
  'applications/index': [['{% for application in applications %}', 'application.name, application.plan, application.url']],
  'applications/show': [
    ['{{ application.name }}, {{ application.plan.name }}', 'the application and its plan'],
    ['{{ application.user_key }}, {{ application.keys }}', 'its credentials'],
    ['{{ application.curl }}', 'a call that works as it stands'],
    ['{% for use in application.usage %}', 'use.metric, use.used, use.limit, use.percent, use.resets_at'],
  ],
  'applications/new': [['{{ application.fields }}', 'what you ask for when somebody makes an application']],
  'account/show': [['{{ account.fields }}, {{ account.applications }}', 'the company that is signed in']],
  'accounts/users/index': [['{% for user in users %}', 'user.name, user.email, user.role']],
  'invitations/index': [['{% for invitation in invitations %}', 'invitation.email, invitation.sent_at, invitation.accepted?']],
}

const tagsOfPages: HelpLine[] = [
  ["{% include 'shared/banner' %}", 'a partial'],
  ["{% form 'signup', model %} … {% endform %}", 'a form of the portal, with its protection'],
  ['{{ text | upcase }}, {{ list | size }}', 'Liquid’s own filters'],
  ["{{ 'Docs' | link_to: '/docs' }}", 'a link'],
  ["{{ '/css/brand.css' | stylesheet_link_tag }}", 'a style sheet of your files'],
]

const mails: HelpLine[] = [
  ['{{ provider.name }}, {{ provider.support_email }}', 'your organisation'],
  ['{{ user.name }}, {{ account.name }}', 'who gets it'],
  ['{{ application.name }}, {{ plan.name }}', 'in mails about an application'],
  ['{{ url }}', 'the address the mail is about'],
]

const tagsOfMails: HelpLine[] = [
  ["{% email %}{% subject = 'Welcome' %}{% endemail %}", 'the subject; also from, reply_to, cc, bcc'],
  ['{% email %}{% do_not_send %}{% endemail %}', 'no such mail goes out'],
]

export function helpFor(kind: TemplateKind, systemName: string): { variables: HelpLine[]; tags: HelpLine[] } {
  if (kind === 'mail') return { variables: mails, tags: tagsOfMails }
  const layout: HelpLine[] = [
    ['{% content %}', 'where each page goes; every layout needs it'],
    ['{{ content_of.sidebar }}', 'what a page put aside with {% content_for sidebar %}'],
  ]
  const page: HelpLine[] = [['{% content_for sidebar %} … {% endcontent_for %}', 'puts something aside for the layout']]
  return {
    variables: [...(kind === 'page' ? (ofPages[systemName] ?? []) : []), ...everywhere],
    tags: [...(kind === 'layout' ? layout : kind === 'page' ? page : []), ...tagsOfPages],
  }
}
