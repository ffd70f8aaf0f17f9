import type { z } from 'zod'

const KINDS: Record<string, string> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', date: 'a date' }

/**
 * What is wrong with a value, for people: for `safeParse(value, { error: plainProblem })`, where a schema has no words of
 * its own. Undefined leaves zod's.
 */
export function plainProblem(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      const kind = KINDS[issue.expected]
      return kind === undefined ? undefined : issue.input === undefined ? `This is missing. Write ${kind}.` : `Write ${kind}.`
    }
    case 'invalid_value':
      return issue.values.length === 1 ? `Write ${String(issue.values[0])}.` : `Choose one of ${issue.values.map(String).join(', ')}.`
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), issue.inclusive === false ? 'less than' : 'at most')
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), issue.inclusive === false ? 'more than' : 'at least')
    default:
      return undefined
  }
}

const COUNTED: Record<string, [one: string, several: string]> = { string: [' character', ' characters'], array: [' entry', ' entries'] }

function bound(origin: string, number: number, which: string): string {
  return `Use ${which} ${number.toLocaleString('en')}${COUNTED[origin]?.[number === 1 ? 0 : 1] ?? ''}.`
}

/** The first problem of each place: whatever else is said of a value of the wrong kind is noise. */
export function firstOfEachPlace(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  const places = new Set<string>()
  return issues.filter((issue) => {
    const place = issue.path.map(String).join('.')
    return !places.has(place) && places.add(place)
  })
}
