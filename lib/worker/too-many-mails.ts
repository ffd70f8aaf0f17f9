/** A sixth mail of a kind to one address within the hour (ML-1): it is not written, and nothing of its cause is undone but a link. */
export class TooManyMails extends Error {}

export function isTooManyMails(error: unknown): boolean {
  return error instanceof TooManyMails
}
