import { dropList, safeHtml, type LiquidObject, type LiquidValue } from '@/lib/liquid/values'

/** What pages of the theme are rendered with in tests and pictures: a tenant with one API, a partner with one application. */
export function themeFixture({ signedIn = false, path = '/' }: { signedIn?: boolean; path?: string } = {}): Record<string, LiquidValue> {
  const limits = [
    { metric: 'Hits', system_name: 'hits', period: 'month', value: 250000 },
    { metric: 'Search tweets', period: 'minute', value: 60 },
    { metric: 'Post a tweet', period: 'day', value: 2400 },
  ]
  const planOf = (id: number, name: string, rest: LiquidObject): LiquidObject => ({ id, name, system_name: name.toLowerCase(), description: '', limits: [], features: dropList([]), disabled_methods: 0, 'default?': false, 'approval_required?': false, 'bought?': false, 'paid?': false, 'free?': true, flat_cost: safeHtml('0'), trial_period_days: 0, ...rest })
  const trial = planOf(1, 'Trial', { description: 'Read everything, write nothing. For your first week.', limits: [{ metric: 'Hits', system_name: 'hits', period: 'month', value: 100 }], disabled_methods: 41, 'default?': true, 'bought?': signedIn })
  const open = planOf(2, 'Public', { description: 'For applications that are live.', limits, 'approval_required?': true, features: dropList([{ name: 'Answers within a day' }]) })
  const partner = planOf(3, 'Partner', { description: 'Generous by day, tight by minute.', limits: [{ metric: 'Hits', system_name: 'hits', period: 'minute', value: 600 }], 'approval_required?': true })
  const service: LiquidObject = {
    id: 1,
    name: 'Twitter REST API',
    system_name: 'twitter',
    description: 'Read and post tweets, follow timelines and search in real time. One address, stable answers, limits you can plan with.',
    base_url: 'https://twitter-acme.gw.example.com',
    sample_path: '/1.1/statuses/home_timeline.json',
    authentication: 'app_id_app_key',
    credentials_location: 'headers',
    credential_names: { user_key: 'user_key', app_id: 'X-App-Id', app_key: 'X-App-Key' },
    methods_count: 83,
    docs_url: '/docs/twitter',
    application_plans: dropList([trial, open, partner]),
  }
  trial.service = service
  const spec: LiquidObject = { name: 'Twitter REST API', system_name: 'twitter', description: '', 'published?': true, docs_url: '/docs/twitter', url: '/swagger/spec/twitter.json', operations_count: 83, version: '2.0' }
  service.api_specs = dropList([spec])
  const field = (object: string, name: string, label: string, rest: LiquidObject = {}): LiquidObject => ({ $drop: { kind: 'field', id: name, text: String(rest.value ?? '') }, name, label, value: '', required: true, hidden: false, 'visible?': true, read_only: false, errors: [], input_name: `${object}[${name}]`, html_id: `${object.replace(/[[\]]+/g, '_')}${name}`, choices: [], hint: '', ...rest })
  const day = 86_400_000
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  const application: LiquidObject = {
    id: 7,
    name: "Birdwatch's App",
    url: '/admin/applications/7',
    edit_url: '/admin/applications/7/edit',
    description: 'Watches what is said about birds.',
    service,
    plan: trial,
    'live?': true,
    'pending?': false,
    'user_key_mode?': false,
    'app_id_mode?': true,
    application_id: '5f0b1c9e',
    user_key: '',
    application_keys: [{ id: 1, value: '9d1f3f7c2b6a48e59d1f3f7c2b6a48e5', url: '/admin/applications/7/keys/9d1f' }],
    application_keys_url: '/admin/applications/7/keys',
    keys_limit: 5,
    can: { 'be_updated?': true, 'be_destroyed?': true, 'add_application_keys?': true, 'delete_key?': true, 'regenerate_user_key?': false },
    base_url: 'https://twitter-acme.gw.example.com',
    curl: 'curl "https://twitter-acme.gw.example.com/1.1/statuses/home_timeline.json" \\\n  -H "X-App-Id: 5f0b1c9e" \\\n  -H "X-App-Key: 9d1f3f7c2b6a48e59d1f3f7c2b6a48e5"',
    usage: [
      { metric: 'Hits', system_name: 'hits', verb: '', period: 'month', limit: 100, used: 87, percent: 87, resets_at: new Date(Date.now() + 7 * day).toISOString(), unlimited: false },
      { metric: 'Search tweets', verb: 'GET', period: 'minute', limit: 60, used: 60, percent: 100, resets_at: inAnHour, unlimited: false },
      { metric: 'Post a tweet', verb: 'POST', period: 'day', limit: 2400, used: 312, percent: 13, resets_at: inAnHour, unlimited: false },
    ],
    plan_request: { plan: open, state: 'open', reason: 'We launch on Monday and expect 20,000 calls a day.', answer: '', created_at: new Date(Date.now() - day / 6).toISOString(), withdraw_url: '/admin/account/plan_changes/3' },
    choosable_plans: [open, partner],
    'can_change_plan?': true,
    plan_change_permission_name: 'Ask for another plan',
    change_plan_url: '/admin/contracts/7',
    first_call_at: new Date(Date.now() - 6 * day).toISOString(),
    last_call_at: new Date(Date.now() - 240_000).toISOString(),
    calls_30_days: 12480,
    stats_url: '/buyer/stats',
    'buyer_alerts_enabled?': true,
    alerts_url: '/admin/applications/7/alerts',
    purge_alerts_url: '/admin/applications/7/alerts/purge',
    mark_alerts_as_read_url: '/admin/applications/7/alerts/all_read',
    alerts: [{ level: 80, message: 'Hits reached 80 % of 100 a month.', 'unread?': true }],
    fields: dropList([field('application', 'name', 'Name', { value: "Birdwatch's App" }), field('application', 'description', 'Description', { required: false }), field('application', 'type', 'Type', { required: false, choices: ['mobile', 'web', 'desktop'].map((id) => ({ id, label: id })) })]),
    extra_fields: dropList([field('application', 'type', 'Type', { value: 'web' })]),
  }
  const other: LiquidObject = { ...application, id: 8, name: 'Nightly import', url: '/admin/applications/8', plan_request: null, last_call_at: null, calls_30_days: 0, plan: open, 'live?': false, 'pending?': true }
  const account: LiquidObject = {
    id: 5,
    name: 'Birdwatch Ltd',
    created_at: 1_780_000_000,
    'approval_required?': false,
    'multiple_applications_allowed?': true,
    applications: dropList([application]),
    can: { 'be_updated?': true },
    edit_url: '/admin/account/edit',
    fields: dropList([field('account', 'org_name', 'Organization/Group Name', { value: signedIn ? 'Birdwatch Ltd' : '' }), field('account', 'country', 'Country', { required: false, hint: 'Where your company is registered.' })]),
  }
  application.account = account
  const user: LiquidObject = {
    id: 9,
    name: 'Ada Byron',
    email: 'ada@birdwatch.example',
    username: 'ada',
    role: 'admin',
    'admin?': true,
    'using_password?': true,
    can: { 'invite_users?': true, 'be_managed?': true, 'be_destroyed?': true, 'be_update_role?': true },
    edit_url: '/admin/account/users/9/edit',
    url: '/admin/account/users/9',
    roles_collection: [
      { name: 'admin', description: 'Changes the account, its people and its plans.' },
      { name: 'member', description: 'Works with the applications.' },
    ],
    errors: {},
    fields: dropList([field('account[user]', 'first_name', 'First Name'), field('account[user]', 'last_name', 'Last Name'), field('account[user]', 'username', 'Username'), field('account[user]', 'email', 'Email', signedIn ? { value: 'ada@birdwatch.example' } : { value: 'ada@', errors: [{ attribute: 'email', message: 'Write the whole address, e.g. ada@example.com.' }] })]),
  }
  const places = { home: '/', docs: '/docs', plans: '/plans', signup: '/signup', search: '/search', login: '/login', logout: '/logout', forgot_password: '/admin/account/password/new', dashboard: '/admin', applications: '/admin/applications', new_application: '/admin/applications/new', stats: '/buyer/stats', account_overview: '/admin/account', personal_details: '/admin/account/personal_details', users: '/admin/account/users', invitations: '/admin/account/invitations', new_invitation: '/admin/account/invitations/new', plan_changes: '/admin/account/plan_changes' }
  const urls = Object.fromEntries(Object.entries(places).map(([name, to]) => [name, { $drop: { kind: 'url', id: name, text: to }, title: name, 'current?': to === path, 'current_or_subpath?': to === path || path.startsWith(`${to}/`), 'active?': to === path }]))
  return {
    page_title: 'Home',
    provider: { name: 'Acme', tagline: 'Put the conversation into your product', contact_email: 'api@acme.example', services: dropList([service]), api_specs: dropList([spec]), 'signups_enabled?': true, 'multiple_users_allowed?': true, 'multiple_applications_allowed?': true, 'multiple_services_allowed?': false, 'account_management_enabled?': true },
    theme: { preset: 'paper', stylesheet_url: '/css/portal.css', colours_url: '/css/colours.css', script_url: '/javascripts/portal.js', logo_url: null },
    urls,
    site: { authentication_providers: dropList([]) },
    request: { path },
    flash: { messages: signedIn ? [{ type: 'success', text: 'You are signed in.' }] : [] },
    account,
    user,
    ...(signedIn ? { current_account: account, current_user: user } : {}),
    application,
    applications: dropList([application, other]),
    services: dropList([service]),
    plans: dropList([]),
    users: dropList([user, { ...user, id: 10, name: 'Charles Babbage', email: 'charles@birdwatch.example', 'admin?': false }]),
    invitations: dropList([{ id: 1, email: 'mary@birdwatch.example', sent_at: new Date(Date.now() - 3 * day).toISOString(), 'accepted?': false, resend_url: '/admin/account/invitations/1/resend', url: '/admin/account/invitations/1' }]),
    invitation: { email: '', errors: {} },
    alerts: [{ level: 80, message: 'Hits reached 80 % of 100 a month.', 'unread?': true, formatted_level: safeHtml('&ge;&nbsp;80&nbsp;%'), timestamp: new Date(Date.now() - day).toISOString(), read_alert_url: '/r', delete_alert_url: '/d' }],
    plan_requests: [application.plan_request!],
    plan_changes: [],
    metrics: [{ id: 1, name: 'Hits', total: 12480 }],
    methods: [{ id: 2, name: 'Search tweets', total: 8231 }, { id: 3, name: 'Post a tweet', total: 312 }],
    stats_data_url: '/buyer/stats/data',
    search: { query: 'tweet', total_found: 1, results: [{ title: 'Search tweets', kind: 'Documentation', url: '/docs/twitter', description: 'Finds tweets by words.' }] },
    pagination: { pages: 3, parts: [{ title: '1', 'current?': true, is_link: false, url: '', rel: 'current' }, { title: '2', 'current?': false, is_link: true, url: '?page=2', rel: 'next' }, { title: '…', 'current?': false, is_link: false, url: '', rel: 'gap' }] },
  }
}
