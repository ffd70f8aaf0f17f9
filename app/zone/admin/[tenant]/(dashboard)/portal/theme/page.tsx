import type { Metadata } from 'next'
import { ExternalLink } from 'lucide-react'
import { LinkButton } from '@/components/ui/link-button'
import { PageHeader } from '@/components/ui/page-header'
import { getTheme } from '@/lib/cms/theme-settings'
import { previewTheme } from '@/lib/portal/preview-theme'
import { requireAdmin } from '@/lib/request/require-admin'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { ThemeScreen } from './_components/theme-screen'

export const metadata: Metadata = { title: 'Theme' }

export default async function ThemePage() {
  const ctx = await requireAdmin('portal')
  const [{ settings, tagline, logo }, preview, portalUrl] = await Promise.all([getTheme(ctx), previewTheme(ctx), portalUrlOf(ctx.tenant)])
  return (
    <>
      <PageHeader
        title="Theme"
        description="How your portal looks, in light and dark. What you choose shows beside it at once; partners see it when you save."
        action={
          <LinkButton href={portalUrl} target="_blank" rel="noreferrer" icon={<ExternalLink />}>
            Open the portal
          </LinkButton>
        }
      />
      <div data-wide>
        <ThemeScreen saved={settings} tagline={tagline} logoUrl={logo && new URL(logo.url, portalUrl).href} tenantName={ctx.tenant.name} preview={preview} />
      </div>
    </>
  )
}
