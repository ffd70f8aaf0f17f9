'use server'

import { z } from 'zod'
import { revokeGrantByMember } from '@/lib/oauth/grants'
import {
  introspectionInput,
  oauthSettingsInput,
  oidcIssuersInput,
  revealLoginSiteSecret,
  rotateLoginSiteSecret,
  setIntrospection,
  setOidcIssuers,
  updateOauthSettings,
} from '@/lib/products/oauth-settings'
import { productRef } from '@/lib/products/schema'
import { adminAction } from '@/lib/request/admin-action'
import { idInput } from '@/lib/tenants/id-input'

const can = 'gateway'

export const updateOauthSettingsAction = adminAction({ can, input: oauthSettingsInput }, updateOauthSettings)

export const setOidcIssuersAction = adminAction({ can, input: oidcIssuersInput }, setOidcIssuers)

export const setIntrospectionAction = adminAction({ can, input: introspectionInput }, setIntrospection)

export const revealLoginSiteSecretAction = adminAction({ can, input: productRef, stepUp: true }, revealLoginSiteSecret)

export const rotateLoginSiteSecretAction = adminAction({ can, input: productRef, stepUp: true }, rotateLoginSiteSecret)

export const revokeGrantAction = adminAction({ can, input: z.object({ productId: idInput, grantId: idInput }) }, (ctx, { productId, grantId }) => revokeGrantByMember(ctx, productId, grantId))
