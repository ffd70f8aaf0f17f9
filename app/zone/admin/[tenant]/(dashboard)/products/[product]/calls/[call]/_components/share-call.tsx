'use client'

import { Share2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Copyable } from '@/components/ui/copy-button'
import { Dialog } from '@/components/ui/dialog'
import { useAction } from '@/components/ui/form'
import { RelativeTime } from '@/components/ui/relative-time'
import { revokeCallShareAction, shareCallAction } from '../../actions'

type Share = { id: number; createdBy: string; createdAt: Date | string; expiresAt: Date | string }

/** A link for somebody without a sign-in: shown once, revocable. */
export function ShareCall({ productId, callId, shares, timeZone }: { productId: number; callId: number; shares: Share[]; timeZone: string }) {
  const [open, setOpen] = useState(false)
  const [link, setLink] = useState<string | null>(null)
  const sharing = useAction(shareCallAction, { onDone: (data) => data && setLink(`${window.location.origin}/shared-call?token=${data.token}`) })
  const revoking = useAction(revokeCallShareAction, { success: 'The link no longer works', onDone: () => setLink(null) })
  return (
    <>
      <Button icon={<Share2 aria-hidden />} onClick={() => setOpen(true)}>
        Share
      </Button>
      <Dialog open={open} onOpenChange={setOpen} title="Share this call" description="Whoever has the link sees this call without signing in, for seven days. It leaves out the caller’s address, where your API is, and every key.">
        <div className="flex flex-col gap-4">
          {link ? (
            <div className="rounded-lg border border-line bg-sunken px-3 py-2">
              <Copyable value={link} label="Copy link" />
              <p className="mt-1 text-xs text-text-3">Copy it now: it is shown only this once.</p>
            </div>
          ) : (
            <Button variant="primary" pending={sharing.pending} onClick={() => sharing.run({ productId, callId })} className="self-start">
              Make a link
            </Button>
          )}
          {shares.length > 0 && (
            <ul className="divide-y divide-line rounded-lg border border-line">
              {shares.map((share) => (
                <li key={share.id} className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
                  <span className="min-w-0">
                    By {share.createdBy}, <RelativeTime at={share.createdAt} timeZone={timeZone} />; ends <RelativeTime at={share.expiresAt} timeZone={timeZone} />
                  </span>
                  <Button size="sm" pending={revoking.pending} onClick={() => revoking.run({ shareId: share.id })}>
                    Revoke
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </div>
      </Dialog>
    </>
  )
}
