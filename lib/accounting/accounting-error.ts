/** Codes of reference gateway 4.4 with the status of each. */
const statusOf = {
  application_not_found: 404,
  metric_invalid: 404,
  user_key_invalid: 403,
  authentication_error: 403,
  usage_value_invalid: 403,
  service_id_invalid: 403,
  provider_key_invalid: 403,
  provider_key_invalid_or_service_missing: 403,
  provider_key_or_service_token_required: 403,
  service_token_invalid: 403,
  service_id_missing: 422,
  not_valid_data: 422,
  bad_request: 400,
  content_type_invalid: 400,
  transactions_is_blank: 400,
  transactions_format_invalid: 400,
  transactions_has_nil_transaction: 400,
  end_users_no_longer_supported: 400,
  transaction_timestamp_too_old: 403,
  transaction_timestamp_too_new: 403,
  user_not_defined: 403,
  service_requires_registered_user: 403,
  access_token_invalid: 404,
  access_token_already_exists: 403,
  access_token_storage_error: 403,
  access_token_format_invalid: 422,
  access_token_invalid_ttl: 422,
  required_params_missing: 422,
  /** Ours: `usage` that is no list of metrics is answered without a word (4.3, step 4). */
  usage_not_a_list: 403,
  /** Ours: an end user that cannot be had (1.5). */
  user_not_active: 403,
  users_limit_reached: 403,
  /** Ours: too many credentials nobody knows came from this address. */
  too_many_unknown_credentials: 429,
  service_unavailable: 503,
} as const

export type AccountingErrorCode = keyof typeof statusOf

/** An answer other than yes or no. `kept` is the text as the tenant's list of integration errors shows it: secrets masked (KEY-5). */
export class AccountingError extends Error {
  readonly code: AccountingErrorCode
  readonly kept: string
  readonly retryAfterSeconds: number | null

  constructor(code: AccountingErrorCode, text: string, { kept = text, retryAfterSeconds = null }: { kept?: string; retryAfterSeconds?: number | null } = {}) {
    super(text)
    this.name = 'AccountingError'
    this.code = code
    this.kept = kept
    this.retryAfterSeconds = retryAfterSeconds
  }

  get status(): number {
    return statusOf[this.code]
  }

  /** Errors of broken requests keep their body whatever `no_body` says (4.7). */
  get isBrokenRequest(): boolean {
    return this.code === 'not_valid_data' || this.code === 'bad_request'
  }
}

export const requestError = (text: string) => new AccountingError('bad_request', text)

export const badSyntax = () => requestError('request contains syntax errors, should not be repeated without modification')

export const applicationNotFound = (appId: string | null) =>
  new AccountingError('application_not_found', appId === null ? 'application id is missing' : `application with id="${appId}" was not found`)

export const userKeyInvalid = (key: string | null) =>
  key === null ? new AccountingError('user_key_invalid', 'user key is missing') : new AccountingError('user_key_invalid', `user key "${key}" is invalid`, { kept: `user key "${shorten(key)}" is invalid` })

/** Enough of a secret to recognise it. */
export function shorten(secret: string): string {
  return secret.length < 16 ? '••••••••' : `${secret.slice(0, 4)}…${secret.slice(-4)}`
}
