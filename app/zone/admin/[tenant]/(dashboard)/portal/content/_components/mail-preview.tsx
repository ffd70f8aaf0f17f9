'use client'

import { Callout } from '@/components/ui/callout'
import { Dialog } from '@/components/ui/dialog'
import { Tabs } from '@/components/ui/tabs'
import type { MailPreview } from '@/lib/portal/content/preview-mail'

/** A mail as a partner would get it. The HTML stands in a frame that runs nothing and belongs to nobody. */
export function MailPreviewDialog({ mail, onClose }: { mail: MailPreview | null; onClose: () => void }) {
  return (
    <Dialog open={mail !== null} onOpenChange={(open) => !open && onClose()} title="Preview of the mail" description="The draft, as your latest partner would get it. Nothing is sent." size="lg">
      {mail && (
        <div className="flex flex-col gap-4">
          {!mail.sent && <Callout kind="warning">The template says do_not_send: no such mail goes out.</Callout>}
          <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
            <dt className="text-text-2">Subject</dt>
            <dd className="font-semibold break-words">{mail.subject}</dd>
            <dt className="text-text-2">From</dt>
            <dd className="break-words">{mail.sender}</dd>
            {mail.replyTo && (
              <>
                <dt className="text-text-2">Reply to</dt>
                <dd className="break-words">{mail.replyTo}</dd>
              </>
            )}
            <dt className="text-text-2">To</dt>
            <dd className="break-words">{mail.to}</dd>
          </dl>
          <Tabs
            label="Forms of the mail"
            items={[
              { value: 'html', label: 'HTML', content: <iframe title="The mail as HTML" sandbox="" srcDoc={mail.html} className="h-96 w-full rounded-lg border border-line bg-white" /> },
              { value: 'text', label: 'Text', content: <pre tabIndex={0} className="max-h-96 overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-[13px] whitespace-pre-wrap">{mail.text}</pre> },
            ]}
          />
        </div>
      )}
    </Dialog>
  )
}
