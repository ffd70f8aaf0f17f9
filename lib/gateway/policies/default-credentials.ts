import type { PolicyConfiguration } from '@/lib/products/policy-schemas'

/** What a call that brings no credentials at all is taken for; one that brings wrong ones is refused as ever. */
export type AnonymousCredentials = { mode: 'user_key' | 'app_id_app_key'; appId: string | null; key: string }

export function defaultCredentials({ auth_type, user_key, app_id, app_key }: PolicyConfiguration<'default_credentials'>): AnonymousCredentials | null {
  if (auth_type === 'user_key') return user_key ? { mode: 'user_key', appId: null, key: user_key } : null
  return app_id && app_key ? { mode: 'app_id_app_key', appId: app_id, key: app_key } : null
}
