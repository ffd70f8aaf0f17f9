import { LiquidError } from 'liquidjs'
import type { LiquidProblem } from './job.ts'
import { LimitReached, liquidLimits } from './limits.ts'
import { TemplateTooLarge } from './parse.ts'

/** What went wrong, for the tenant whose template it is. */
export function explainError(error: unknown, template: string): LiquidProblem {
  if (error instanceof TemplateTooLarge) return { template, line: null, reason: error.message, kind: 'syntax' }
  const limit = causeOf(error)
  const place = placeOf(error, template)
  if (limit instanceof LimitReached) return { ...place, reason: limit.message, kind: limit.kind }
  if (limit instanceof RangeError) {
    const memory = /string length|array length|allocation/i.test(limit.message)
    return { ...place, reason: memory ? 'This makes a text or list that is too large.' : 'This is nested too deep to be rendered.', kind: memory ? 'memory' : 'render' }
  }
  if (LiquidError.is(error) && (error.name === 'ParseError' || error.name === 'TokenizationError')) return { ...place, reason: explainSyntax(messageOf(error)), kind: 'syntax' }
  return { ...place, reason: `This could not be rendered: ${messageOf(error)}`, kind: 'render' }
}

function causeOf(error: unknown): unknown {
  return LiquidError.is(error) && error.originalError ? causeOf(error.originalError) : error
}

function placeOf(error: unknown, template: string): { template: string; line: number | null } {
  if (!LiquidError.is(error)) return { template, line: null }
  const line = error.token.input === '' ? null : error.token.getPosition()[0]!
  return { template: error.token.file ?? template, line: error.token.file ? line : null }
}

// Without the place liquidjs adds.
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/(, file:[^\n]*)?, line:\d+, col:\d+$/, '')
}

const explanations: [RegExp, (...found: string[]) => string][] = [
  [/^tag \{%-?\s*([^\s%]+)[^]*not closed$/, (tag) => `\`{% ${tag} %}\` is never closed. Add \`{% end${tag} %}\`.`],
  [/^raw [^]*not closed$/, () => '`{% raw %}` is never closed. Add `{% endraw %}`.'],
  [/^tag "end(\w+)" not found$/, (tag) => `\`{% end${tag} %}\` closes nothing. Take it away, or close the tag that stands between it and \`{% ${tag} %}\` first.`],
  [/^tag "(else|elsif|when)" not found$/, (tag) => `\`{% ${tag} %}\` stands outside of the block it belongs to.`],
  [/^tag "email" not found$/, () => '`{% email %}` is a tag of mails; pages have none.'],
  [/^tag "([^"]*)" not found$/, (tag) => `There is no tag \`{% ${tag} %}\`.`],
  [/^output [^]*not closed$/, () => '`{{` is never closed. Add `}}`.'],
  [/^tag "\{%[^]*not closed$/, () => '`{%` is never closed. Add `%}`.'],
  [/^illegal tag syntax/, () => '`{% %}` needs the name of a tag.'],
  [/^illegal tag: \{%-?\s*(for|tablerow)/, (tag) => `A loop looks like \`{% ${tag} item in list %}\`.`],
  [/^unexpected elsif after else|^duplicated else/, () => 'There may be one `{% else %}`, and it comes last.'],
  [/^expected "="|^expected variable name/, () => 'An assignment looks like `{% assign name = value %}`.'],
  [/^invalid capture name/, () => 'A capture looks like `{% capture name %}…{% endcapture %}`.'],
  [/^invalid value expression/, () => 'A value is missing here.'],
  [/^\[ not closed/, () => '`[` is never closed. Add `]`.'],
  [/^expected filter name|^expected ":" after filter name|^unexpected character/, () => 'A filter looks like `{{ value | filter: argument }}`.'],
  [/^invalid range syntax/, () => 'A range looks like `(1..10)`.'],
  [/^empty candidates/, () => "A cycle looks like `{% cycle 'odd', 'even' %}`."],
  [/^nested deeper/, () => `Tags stand within each other more than ${liquidLimits.nestingMax} deep here.`],
  [/^include needs/, () => "An include looks like `{% include 'name of a partial' %}`."],
  [/^content_for needs/, () => 'It looks like `{% content_for name %}…{% endcontent_for %}`.'],
  [/^form needs/, () => "A form looks like `{% form 'login' %}…{% endform %}`."],
  [/^email: ([^]*)$/, (words) => `In \`{% email %}\`: ${words}.`],
]

function explainSyntax(message: string): string {
  for (const [pattern, words] of explanations) {
    const match = pattern.exec(message)
    if (match) return words(...match.slice(1))
  }
  return `This is not Liquid: ${message}.`
}
