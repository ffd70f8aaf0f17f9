import pino from 'pino'
import { env } from '@/lib/env'
import { perProcess } from '@/lib/per-process'

const SECRET_FIELDS = ['password', 'token', 'secret', 'key', 'userKey', 'appKey', 'authorization', 'cookie', 'secretToken', 'accessToken', 'providerKey']
const SECRET_VALUES = /\b(uk|ak|at|cs|oc|ot|or|ls|pk|st|whsec)_[A-Za-z0-9+/=]{8,}/g

/** The process log: one JSON line an event, secrets masked by field name and by our key prefixes (KEY-5). */
export const logger = perProcess('logger', () =>
  pino({
    level: level(),
    base: undefined,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[masked]' },
    hooks: {
      logMethod(args, method) {
        method.apply(this, args.map((arg) => (typeof arg === 'string' ? maskSecrets(arg) : arg)) as Parameters<typeof method>)
      },
    },
    serializers: {
      err: (error: unknown) => {
        const plain = pino.stdSerializers.err(error as Error)
        return { ...plain, message: maskSecrets(String(plain.message ?? '')), stack: maskSecrets(String(plain.stack ?? '')) }
      },
    },
  }),
)

function level(): string {
  try {
    return env().LOG_LEVEL
  } catch {
    // A wrong setting is told by whoever starts the process, in its own words, not by the import of the log.
    return 'info'
  }
}

/** Masks everything in a text that looks like one of our secrets. */
export function maskSecrets(text: string): string {
  return text.replace(SECRET_VALUES, '$1_[masked]')
}
