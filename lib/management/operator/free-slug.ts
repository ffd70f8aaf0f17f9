import { randomInt } from 'node:crypto'
import { isAppError } from '@/lib/errors'
import { checkSlug, findSlugProblem } from '@/lib/tenants/check-slug'

/** Of several made under one name at the same moment each finds a subdomain: whoever comes second takes the next. */
export async function createUnderFreeSlug<Made>(orgName: string, create: (slug: string) => Promise<Made>): Promise<Made> {
  for (let left = TRIES; ; left--) {
    try {
      return await create(await freeSlug(orgName))
    } catch (error) {
      const isTaken = isAppError(error) && error.fields !== undefined && Object.keys(error.fields).join() === 'slug'
      if (!isTaken || left <= 1) throw error
    }
  }
}

const TRIES = 5

/** "Société Générale" -> societe-generale: a subdomain by the organisation's name; a number follows where somebody has it. */
async function freeSlug(orgName: string): Promise<string> {
  const base = slugOf(orgName)
  const names = [base, ...Array.from({ length: 20 }, (_none, index) => `${base}-${index + 2}`)].filter((name) => findSlugProblem(name) === null)
  for (const name of names) if ((await checkSlug(name)).available) return name
  return `${base}-${randomInt(1_000_000, 10_000_000)}`
}

/** Of at most 22 characters, so that a number has room behind it. */
function slugOf(orgName: string): string {
  const plain = orgName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 22)
    .replace(/-$/, '')
  return plain === '' ? 'organisation' : plain
}
