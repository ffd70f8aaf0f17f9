'use client'

import { Plus, RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Copyable } from '@/components/ui/copy-button'
import { ConfirmDialog, Dialog } from '@/components/ui/dialog'
import { DialogActions } from '@/components/ui/dialog-actions'
import { Field } from '@/components/ui/field'
import { ActionForm, useAction } from '@/components/ui/form'
import { Input } from '@/components/ui/input'
import { RelativeTime } from '@/components/ui/relative-time'
import { SecretField } from '@/components/ui/secret-field'
import { Select } from '@/components/ui/select'
import type { CredentialDto } from '@/lib/applications/queries'
import type { AuthenticationMode } from '@/lib/products/gateway-config'
import { addAppKeyAction, regenerateUserKeyAction, revealCredentialAction, revokeCredentialAction, rotateAppKeyAction, setKeyEndAction } from '../../_actions'

type Props = {
  applicationId: number
  mode: AuthenticationMode
  appId: string
  userKey: CredentialDto | null
  appKeys: CredentialDto[]
  revoked: CredentialDto[]
  timeZone: string
}

const LIVE_APP_KEYS_MAX = 5

const titles: Record<AuthenticationMode, string> = {
  user_key: 'User key',
  app_id_app_key: 'Application id and keys',
  oauth: 'Client id and secrets',
  oidc: 'Client id',
  introspection: 'Client id',
}

/** OAuth calls the id and the keys of an application otherwise (RFC 6749, section 2). */
function wordsOf(mode: AuthenticationMode) {
  const key = {
    one: 'key',
    add: 'Add key',
    added: 'Key added',
    keys: 'Application keys',
    revoke: 'Calls with this key are refused within a second, and it cannot be brought back.',
    last: 'This is the last live key: afterwards every call is refused until you add one.',
    end: 'From then on calls with it are refused.',
  }
  if (mode === 'oauth')
    return {
      id: 'Client id',
      one: 'secret',
      add: 'Add secret',
      added: 'Secret added',
      keys: 'Client secrets',
      none: 'No live secret: a confidential client gets no tokens until you add one.',
      revoke: 'Nobody gets tokens with this secret any more, and it cannot be brought back.',
      last: 'This is the last live secret: afterwards a confidential client gets no tokens until you add one.',
      end: 'From then on nobody gets tokens with it.',
    }
  if (mode === 'app_id_app_key') return { id: 'Application id', ...key, none: 'No live key: every call of this application is refused until you add one.' }
  return { id: 'Client id', ...key, none: null }
}

/** The keys of the product's authentication mode; those of the other mode rest until the mode changes. */
export function Keys({ applicationId, mode, appId, userKey, appKeys, revoked, timeZone }: Props) {
  const [asked, setAsked] = useState<'regenerate' | 'add' | { does: 'rotate' | 'end' | 'revoke'; credential: CredentialDto } | null>(null)
  // What was made a moment ago is shown as it is: whoever made it is about to hand it over.
  const [fresh, setFresh] = useState<Record<number, string>>({})
  const revoking = useAction(revokeCredentialAction, { success: 'Key revoked' })
  const close = () => setAsked(null)
  const keep = (made: { credentialId: number; key: string } | undefined) => made && setFresh({ ...fresh, [made.credentialId]: made.key })
  const words = wordsOf(mode)
  const ofMode = mode === 'user_key' ? 'user_key' : 'app_key'
  const dead = revoked.filter((key) => key.kind === ofMode)

  return (
    <Card
      title={titles[mode]}
      description={mode === 'user_key' ? 'One key tells who is calling.' : mode === 'oidc' || mode === 'introspection' ? 'Tokens name the application by this id; its keys are not asked for.' : `The id is public, a ${words.one} proves it. Up to five live ${words.one}s, so that callers can be moved to a new one without a gap.`}
      action={
        mode === 'user_key' ? (
          <Button icon={<RefreshCw aria-hidden />} onClick={() => setAsked('regenerate')}>
            {userKey ? 'Regenerate' : 'New key'}
          </Button>
        ) : (
          <Button icon={<Plus aria-hidden />} disabled={appKeys.length >= LIVE_APP_KEYS_MAX} onClick={() => setAsked('add')}>
            {words.add}
          </Button>
        )
      }
    >
      {mode === 'user_key' ? (
        userKey ? (
          <KeyLine credential={userKey} value={fresh[userKey.id]} timeZone={timeZone} />
        ) : (
          <Callout kind="warning">This application has no user key, so its calls are refused.</Callout>
        )
      ) : (
        <div className="flex flex-col gap-4">
          <div className="flex flex-wrap items-center gap-x-3">
            <span className="text-sm text-text-2">{words.id}</span>
            <Copyable value={appId} label={`Copy ${words.id.toLowerCase()}`} />
          </div>
          {appKeys.length === 0 && words.none && <Callout kind="warning">{words.none}</Callout>}
          {appKeys.length > 0 && (
            <ul aria-label={words.keys} className="flex flex-col">
              {appKeys.map((credential) => (
                <li key={credential.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 border-line py-2 not-last:border-b first:pt-0">
                  <KeyLine credential={credential} value={fresh[credential.id]} timeZone={timeZone} />
                  <span className="flex flex-wrap gap-2">
                    <Button size="sm" disabled={appKeys.length >= LIVE_APP_KEYS_MAX} onClick={() => setAsked({ does: 'rotate', credential })} aria-label={`Rotate ${credential.hint}`}>
                      Rotate
                    </Button>
                    <Button size="sm" onClick={() => setAsked({ does: 'end', credential })} aria-label={`${credential.expiresAt || credential.endsAfterUnusedDays ? 'Change end' : 'Set end'} of ${credential.hint}`}>
                      {credential.expiresAt || credential.endsAfterUnusedDays ? 'Change end' : 'Set end'}
                    </Button>
                    <Button size="sm" onClick={() => setAsked({ does: 'revoke', credential })} aria-label={`Revoke ${credential.hint}`}>
                      Revoke
                    </Button>
                  </span>
                </li>
              ))}
            </ul>
          )}
          {appKeys.length >= LIVE_APP_KEYS_MAX && <p className="text-xs text-text-3">Five live {words.one}s is the most. Revoke one that is no longer used to add another.</p>}
        </div>
      )}
      {dead.length > 0 && (
        <details className="mt-3 text-sm">
          <summary className="cursor-default text-text-2">{dead.length === 1 ? `One revoked ${words.one}` : `${dead.length} revoked ${words.one}s`}</summary>
          <ul className="mt-2 flex flex-col gap-1">
            {dead.map((credential) => (
              <li key={credential.id} className="flex flex-wrap items-center gap-x-3 text-xs text-text-2">
                <code className="font-mono">{credential.hint}</code>
                <span>
                  revoked <RelativeTime at={credential.revokedAt} timeZone={timeZone} />
                </span>
                <LastUsed credential={credential} timeZone={timeZone} />
              </li>
            ))}
          </ul>
        </details>
      )}

      {asked === 'regenerate' && (
        <Dialog open onOpenChange={close} title={userKey ? 'Regenerate the user key' : 'New user key'} description={userKey ? 'The old key dies at once: calls that still carry it are refused.' : undefined} size="sm">
          <ActionForm action={regenerateUserKeyAction} toInput={(input) => ({ ...input, applicationId })} success="User key regenerated" onDone={(made) => (keep(made), close())}>
            <OwnKey />
            <DialogActions variant={userKey ? 'danger' : 'primary'} onCancel={close}>{userKey ? 'Regenerate key' : 'Make key'}</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {asked === 'add' && (
        <Dialog open onOpenChange={close} title={words.add} description="It works at once beside the others." size="sm">
          <ActionForm action={addAppKeyAction} toInput={(input) => ({ ...input, applicationId })} success={words.added} onDone={(made) => (keep(made), close())}>
            <OwnKey />
            <DialogActions onCancel={close}>{words.add}</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {typeof asked === 'object' && asked?.does === 'rotate' && (
        <Dialog open onOpenChange={close} title={`Rotate ${asked.credential.hint}`} description={`A new ${words.one} works at once. The old one goes on until the end you choose, so that callers can move over without a gap.`} size="sm">
          <ActionForm action={rotateAppKeyAction} toInput={(input) => ({ ...input, ...endOf(input), applicationId, credentialId: asked.credential.id })} success="New key made" onDone={(made) => (keep(made), close())}>
            <KeyEnd label={`The old ${words.one} ends`} initial="date" />
            <DialogActions onCancel={close}>Make the new key</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {typeof asked === 'object' && asked?.does === 'end' && (
        <Dialog open onOpenChange={close} title={`When ${asked.credential.hint} ends`} description={words.end} size="sm">
          <ActionForm action={setKeyEndAction} toInput={(input) => ({ ...input, ...endOf(input), applicationId, credentialId: asked.credential.id })} success="Saved" onDone={close}>
            <KeyEnd label={`This ${words.one} ends`} initial={asked.credential.expiresAt ? 'date' : asked.credential.endsAfterUnusedDays ? 'unused' : 'never'} credential={asked.credential} />
            <DialogActions onCancel={close}>Save</DialogActions>
          </ActionForm>
        </Dialog>
      )}
      {typeof asked === 'object' && asked?.does === 'revoke' && (
        <ConfirmDialog open onOpenChange={close} title={`Revoke ${asked.credential.hint}`} confirmLabel="Revoke key" onConfirm={() => revoking.run({ credentialId: asked.credential.id })}>
          <p>
            {words.revoke} <LastUsed credential={asked.credential} timeZone={timeZone} />
          </p>
          {appKeys.length === 1 && <p className="mt-2 font-semibold">{words.last}</p>}
        </ConfirmDialog>
      )}
    </Card>
  )
}

function OwnKey() {
  return (
    <Field label="Key" name="key" optional hint="Leave empty and we make one. Your own needs at least 5 characters.">
      <Input mono maxLength={256} autoComplete="off" spellCheck={false} />
    </Field>
  )
}

function KeyLine({ credential, value, timeZone }: { credential: CredentialDto; value?: string; timeZone: string }) {
  return (
    <div className="min-w-0">
      <SecretField key={value ? 'fresh' : 'kept'} value={value} masked={credential.hint} reveal={() => reveal(credential.id)} label="key" />
      <p className="flex flex-wrap gap-x-3 text-xs text-text-2">
        <span>
          Made <RelativeTime at={credential.createdAt} timeZone={timeZone} />
        </span>
        <LastUsed credential={credential} timeZone={timeZone} />
        <EndsWhen credential={credential} timeZone={timeZone} />
      </p>
    </div>
  )
}

function EndsWhen({ credential: { expiresAt, endsAfterUnusedDays }, timeZone }: { credential: CredentialDto; timeZone: string }) {
  if (expiresAt)
    return (
      <span className="text-warning-text">
        Ends <RelativeTime at={expiresAt} timeZone={timeZone} />
      </span>
    )
  if (endsAfterUnusedDays) return <span className="text-warning-text">Ends after {endsAfterUnusedDays === 1 ? 'a day' : `${endsAfterUnusedDays} days`} without a call</span>
  return null
}

/** The moment is chosen in the browser's own zone and sent as an instant. */
function endOf(input: Record<string, unknown>): { endsAt?: string } {
  const local = typeof input.endsAt === 'string' && input.endsAt !== '' ? new Date(input.endsAt) : null
  return local && !Number.isNaN(local.getTime()) ? { endsAt: local.toISOString() } : {}
}

function KeyEnd({ label, initial, credential }: { label: string; initial: 'never' | 'date' | 'unused'; credential?: CredentialDto }) {
  const [kind, setKind] = useState(initial)
  const inAWeek = localText(credential?.expiresAt ?? new Date(Date.now() + 7 * 86_400_000))
  return (
    <>
      <Field label={label} name="end">
        <Select
          value={kind}
          onChange={(event) => setKind(event.target.value as typeof kind)}
          options={[
            { value: 'date', label: 'On a day' },
            { value: 'unused', label: 'When it is no longer used' },
            { value: 'never', label: 'Not by itself' },
          ]}
        />
      </Field>
      {kind === 'date' && (
        <Field label="Day and time" name="endsAt" hint="In your own time zone.">
          <Input type="datetime-local" required defaultValue={inAWeek} />
        </Field>
      )}
      {kind === 'unused' && (
        <Field label="Days without a call" name="unusedDays">
          <Input type="number" min={1} max={365} required defaultValue={credential?.endsAfterUnusedDays ?? 7} />
        </Field>
      )}
    </>
  )
}

function localText(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

function LastUsed({ credential, timeZone }: { credential: CredentialDto; timeZone: string }) {
  if (!credential.lastUsedAt) return <span>Never used.</span>
  return (
    <span>
      {credential.useCount > 1 ? `${credential.useCount.toLocaleString('en')} calls, the last ` : 'Last used '}
      <RelativeTime at={credential.lastUsedAt} timeZone={timeZone} />
      {credential.lastAddress && <> from {credential.lastAddress}</>}
    </span>
  )
}

/** Each look is written into the audit log. */
async function reveal(credentialId: number): Promise<string> {
  const result = await revealCredentialAction({ credentialId })
  if (!result.ok) throw new Error(result.error.message)
  return result.data.key
}
