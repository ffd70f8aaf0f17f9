'use client'

import { Download } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { useCallAction } from '@/components/ui/call-action'
import { Callout } from '@/components/ui/callout'
import { Card } from '@/components/ui/card'
import { Code } from '@/components/ui/code-block'
import { useHydrated } from '@/components/ui/form'
import { downloadNginxAction } from '../actions'

/** Shown while the tenant runs the gateway of this product. */
export function SelfManaged({ productId, liveVersion, mode, apicastGaps }: { productId: number; liveVersion: number | null; mode: string; apicastGaps: string[] }) {
  const call = useCallAction()
  const hydrated = useHydrated()
  const [pending, setPending] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const foreignTokens = mode === 'oidc' || mode === 'introspection'

  async function download() {
    setPending(true)
    const result = await call(downloadNginxAction, { productId })
    setPending(false)
    if (!result) return
    setProblem(result.ok ? null : result.error.message)
    if (!result.ok || !result.data) return
    const { fileName, base64 } = result.data
    const url = URL.createObjectURL(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: 'application/zip' }))
    const link = Object.assign(document.createElement('a'), { href: url, download: fileName })
    link.click()
    URL.revokeObjectURL(url)
    toast.success(`${fileName} downloaded`)
  }

  return (
    <Card
      id="self-managed"
      title="Your own gateway"
      description="A configuration for a stock nginx with its Lua module, made from what production serves. It asks us about every call, so limits stay exact and a revoked key is refused at once."
      action={
        <Button size="sm" icon={<Download aria-hidden />} pending={pending} disabled={!hydrated || liveVersion === null || foreignTokens} onClick={() => void download()}>
          Download NGINX configuration
        </Button>
      }
    >
      <div className="flex flex-col gap-3 text-text-2">
        {problem && <Callout kind="danger">{problem}</Callout>}
        {foreignTokens ? (
          <p>nginx cannot check tokens of your identity provider by this configuration. An APIcast can: it reads its configuration from us by itself.</p>
        ) : liveVersion === null ? (
          <p>Promote to production first: the configuration is made from what production serves.</p>
        ) : (
          <p>
            On Debian: <Code>apt-get install nginx libnginx-mod-http-lua</Code>, put the file into <Code>/etc/nginx/conf.d</Code>, <Code>nginx -t</Code>, reload. After a promotion download it again; plans, keys and limits need no new file. With a staging
            base URL in the settings the zip has a second file, for staging as it is now. It holds this product&rsquo;s secret token and service token.
          </p>
        )}
        {apicastGaps.length > 0 && (
          <Callout kind="warning" title="An APIcast cannot do all of this product">
            <ul className="flex list-disc flex-col gap-1 pl-4">
              {apicastGaps.map((gap) => (
                <li key={gap}>{gap}</li>
              ))}
            </ul>
          </Callout>
        )}
      </div>
    </Card>
  )
}
