import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Liquid } from 'liquidjs'

/** The mails there are; each has `<kind>.text.liquid`, whose first line is the subject, and `<kind>.html.liquid`. */
export const mailKinds = [
  'confirm-email',
  'reset-password',
  'no-account',
  'already-registered',
  'password-changed',
  'invitation',
  'partner-signed-up',
  'partner-waiting',
  'application-waiting',
  'plan-requested',
  'limit-reached',
  'webhook-disabled',
] as const
export type MailKind = (typeof mailKinds)[number]

/** What a template may show: texts only, made for it. People's own words go through the filter `person`. */
export type MailFacts = Record<string, string | number | null>

export type RenderedMail = { subject: string; text: string; html: string }

/** Fills in a mail's templates. Unknown variables and filters throw: a mail with holes must not leave. */
export async function renderMail(kind: MailKind, facts: MailFacts): Promise<RenderedMail> {
  const { plain, html } = engines()
  const [first, ...rest] = (await plain.renderFile(`${kind}.text.liquid`, facts)).split('\n') as [string, ...string[]]
  const subject = first.replace(/^Subject: /, '').trim()
  const body = await html.renderFile(`${kind}.html.liquid`, facts)
  return { subject, text: rest.join('\n').trim() + '\n', html: await frameMail(subject, body) }
}

/** A subject and a body of markup in the frame all our mails have. */
export async function frameMail(subject: string, body: string): Promise<string> {
  return engines().html.renderFile('layout.html.liquid', { subject, body })
}

let made: { plain: Liquid; html: Liquid } | undefined

function engines() {
  made ??= { plain: makeEngine(false), html: makeEngine(true) }
  return made
}

function makeEngine(escape: boolean): Liquid {
  const engine = new Liquid({
    root: findTemplates(),
    outputEscape: escape ? 'escape' : undefined,
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    cache: true,
  })
  engine.registerFilter('person', unlink)
  return engine
}

/**
 * A name somebody typed, as text in a mail: one line, and not to be taken for an address or a link by mail programs,
 * which link everything that looks like one (ML-1). The zero-width spaces are invisible.
 */
export function unlink(name: unknown): string {
  return String(name ?? '')
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/(:\/\/|[.@:/])(?=\S)/g, '$1\u200b')
}

// Beside the sources in development, found from dist/ in production, below the working folder within Next's bundle.
function findTemplates(): string {
  for (const from of [import.meta.dirname, process.cwd()].filter((folder) => folder !== undefined))
    for (let step = from; ; step = dirname(step)) {
      const folder = join(step, 'lib', 'mail', 'templates')
      if (existsSync(join(folder, 'layout.html.liquid'))) return folder
      if (step === dirname(step)) break
    }
  throw new Error('lib/mail/templates was not found beside the program.')
}
