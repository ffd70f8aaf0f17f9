/** What went wrong with a try, for people. */
export function sayOutcome(status: number | null, error: string | null): string {
  if (error === null) return status === null ? 'Not tried yet' : `${status} received`
  if (error === 'redirected') return `${status}: it redirects, which we do not follow`
  if (error === 'refused') return `${status}: not taken`
  return words[error] ?? 'Could not be sent'
}

const words: Record<string, string> = {
  timed_out: 'No answer within 15 seconds',
  could_not_connect: 'Could not connect',
  bad_response: 'The answer could not be read',
  address_not_allowed: 'This address may not be called',
  endpoint_off: 'Not sent: the webhook was off',
}
