import { Webhook } from 'standardwebhooks'

/**
 * Headers of one attempt as Standard Webhooks has them (WH-2): the id stays over retries, the time is the attempt's.
 * Of two secrets both sign, the newer first. `body` must be the very bytes that are sent.
 */
export function signatureHeaders(message: { id: string; body: string; at: Date }, secrets: string[]): { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string } {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(message.at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(message.id, message.at, message.body)).join(' '),
  }
}
