import type { OwnKey } from '@/lib/applications/read-own-keys'
import { drop, type Drop } from '@/lib/liquid/values'

/** `application_key`. Its value is the key where the page is there to show it, elsewhere the ends of it. */
export function keyDrop({ id, key, hint, createdAt, lastUsedAt, useCount, expiresAt, endsAfterUnusedDays }: OwnKey, application: Drop, { path, isLast }: { path: string; isLast: boolean }): Drop {
  return drop(
    'application_key',
    id,
    {
      id,
      value: key ?? hint,
      masked: hint,
      'revealed?': key !== null,
      url: `${path}/keys/${id}`,
      regenerate_url: `${path}/keys/${id}/regenerate`,
      application,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
      uses: useCount,
      ends_at: expiresAt?.toISOString() ?? null,
      ends_after_unused_days: endsAfterUnusedDays,
      rotate_url: `${path}/keys/${id}/rotate`,
      rotate_when_unused_url: `${path}/keys/${id}/rotate?ends=unused`,
      'last?': isLast,
      can: { 'be_deleted?': !isLast },
    },
    key ?? hint,
  )
}
