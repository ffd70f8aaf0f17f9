'use server'

import { z } from 'zod'
import { env } from '@/lib/env'
import { invalid } from '@/lib/errors'
import { mailboxUrl } from '@/lib/mail/mailbox-url'
import { signUpInput, slugInput } from '@/lib/onboarding/schema'
import { signUpTenant } from '@/lib/onboarding/sign-up-tenant'
import { publicAction } from '@/lib/request/public-action'
import { checkSlug } from '@/lib/tenants/check-slug'
import { findHostOf, findTenantBySlug } from '@/lib/tenants/queries'
import { publicOrigin } from '@/lib/zones/public-origin'

/** Live check of the subdomain while it is typed: whether it is free, and the address the dashboard would have. */
export const checkSlugAction = publicAction({ input: z.object({ slug: slugInput }) }, async (_door, { slug }) => ({
  ...(await checkSlug(slug)),
  dashboardUrl: publicOrigin(`${slug}.${env().ADMIN_DOMAIN}`),
}))

/** Makes the tenant. The dashboard opens with the link of the mail; where mail is only kept, `mailboxUrl` says where. */
export const signUpTenantAction = publicAction({ input: signUpInput }, async ({ incoming, now }, input) => {
  const { tenant } = await signUpTenant(input, { address: incoming.address, requestId: incoming.requestId }, now)
  return {
    email: input.email,
    dashboardUrl: publicOrigin(`${tenant.slug}.${env().ADMIN_DOMAIN}`),
    mailboxUrl: mailboxUrl(),
  }
})

/** For the sign-in link of the public site: from a tenant's name to the sign-in page of its dashboard. */
export const findDashboardAction = publicAction({ input: z.object({ slug: slugInput }) }, async (_door, { slug }) => {
  const tenant = await findTenantBySlug(slug)
  const host = tenant?.state === 'active' ? await findHostOf(tenant.id, 'admin') : null
  if (!host) throw invalid({ slug: ['There is no dashboard of this name.'] })
  return { signInUrl: `${publicOrigin(host)}/sign-in` }
})
