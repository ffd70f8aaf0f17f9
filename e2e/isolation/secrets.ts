import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Keys of ours by their form (KEY-1); the newest kinds first where one begins like another. */
const OURS = /\b(?:uk|ak|at|cs|pk|st|oc|ot|or)_[0-9A-Za-z]{36}\b|\bwhsec_[0-9A-Za-z+/=]{24,}/g

/** KEY-5: what stands in a text and must not: keys of ours by form, and every secret that is named. Shown by their beginning. */
export function findSecrets(text: string, secrets: Iterable<string> = []): string[] {
  return shown([...[...text.matchAll(OURS)].map(([key]) => key), ...named(text, secrets)])
}

/** Only those that are named: for pages that show their reader keys of the reader's own. */
export function findNamedSecrets(text: string, secrets: Iterable<string>): string[] {
  return shown(named(text, secrets))
}

function named(text: string, secrets: Iterable<string>): string[] {
  return [...secrets].filter((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].some((form) => text.includes(form)))
}

const shown = (found: string[]) => [...new Set(found)].map((secret) => `${secret.slice(0, 6)}… (${secret.length} characters)`)

/** Every file below a folder as text, but those whose path says they may hold secrets. */
export function readFolder(folder: string, skip: RegExp = /^$/): { file: string; text: string }[] {
  return (ifThere(() => readdirSync(folder, { withFileTypes: true })) ?? []).flatMap((entry) => {
    const file = join(folder, entry.name)
    if (skip.test(entry.isDirectory() ? `${file}/` : file)) return []
    if (entry.isDirectory()) return readFolder(file, skip)
    const text = entry.isFile() ? ifThere(() => readFileSync(file, 'latin1')) : null
    return text === null ? [] : [{ file, text }]
  })
}

/** Servers at work take files away: a closed journal segment that was booked, a folder of the database's own. */
function ifThere<Read>(read: () => Read): Read | null {
  try {
    return read()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
