import type { Metadata } from 'next'
import { cookies } from 'next/headers'
import type { ReactNode } from 'react'
import { AdminShell } from '@/components/shell/admin-shell'
import { dashboardPlaces } from '@/components/shell/places'
import { railCookie } from '@/components/shell/rail-cookie'
import { countOpenRequests } from '@/lib/applications/list-requests'
import { requireAdmin, requireAdminShell } from '@/lib/request/require-admin'
import { portalUrlOf } from '@/lib/tenants/portal-url'
import { confirmPasswordAction, signOutAction } from '../(auth)/_actions'
import { findPlacesAction } from './_actions'

export async function generateMetadata(): Promise<Metadata> {
  const { tenant } = await requireAdmin()
  return { title: { default: tenant.name, template: `%s · ${tenant.name}` }, robots: { index: false } }
}

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const { ctx, csrfToken } = await requireAdminShell()
  const { tenant, actor } = ctx
  const [portalUrl, openRequests] = await Promise.all([portalUrlOf(tenant), ctx.permissions.has('partners') ? countOpenRequests(ctx) : 0])
  return (
    <>
      <meta name="csrf-token" content={csrfToken} />
      <AdminShell
        tenant={{ name: tenant.name, slug: tenant.slug, timezone: tenant.timezone }}
        portalUrl={portalUrl}
        member={actor.kind === 'member' ? { name: actor.name, email: actor.email, role: actor.role } : { name: actor.name, email: '', role: 'member' }}
        groups={dashboardPlaces({ permissions: [...ctx.permissions], portalUrl, openRequests })}
        trialEndsAt={tenant.trialEndsAt?.toISOString() ?? null}
        railFolded={(await cookies()).get(railCookie)?.value === 'folded'}
        search={findPlacesAction}
        signOut={signOutAction}
        confirmPassword={confirmPasswordAction}
      >
        {children}
      </AdminShell>
    </>
  )
}
