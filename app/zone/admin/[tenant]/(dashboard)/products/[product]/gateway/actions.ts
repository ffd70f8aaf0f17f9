'use server'

import { addGatewayDomain } from '@/lib/domains/add-domain'
import { checkDomain } from '@/lib/domains/check-domain'
import { removeDomain } from '@/lib/domains/remove-domain'
import { domainRef, gatewayDomainInput } from '@/lib/domains/schema'
import { testInput, testIntegration } from '@/lib/onboarding/test-integration'
import { compareVersions, versionComparisonInput } from '@/lib/products/compare-versions'
import { promoteConfig, rollBackConfig } from '@/lib/products/promote-config'
import { revealSecretToken, rotateSecretToken } from '@/lib/products/rotate-secret-token'
import { gatewayInput, productRef, rollBackInput, secretTokenInput } from '@/lib/products/schema'
import { revealServiceToken, rotateServiceToken } from '@/lib/products/service-token'
import { updateGateway } from '@/lib/products/update-gateway'
import { downloadNginx } from '@/lib/self-managed/download-nginx'
import { adminAction } from '@/lib/request/admin-action'

export const updateGatewayAction = adminAction({ can: 'gateway', input: gatewayInput }, updateGateway)

export const testIntegrationAction = adminAction({ can: 'gateway', input: testInput }, testIntegration)

export const promoteAction = adminAction({ can: 'gateway', input: productRef }, promoteConfig)

/** Looks only. */
export const compareVersionsAction = adminAction({ can: 'gateway', input: versionComparisonInput }, compareVersions)

export const rollBackAction = adminAction({ can: 'gateway', input: rollBackInput }, rollBackConfig)

export const revealSecretTokenAction = adminAction({ can: 'gateway', input: productRef, stepUp: true }, revealSecretToken)

export const rotateSecretTokenAction = adminAction({ can: 'gateway', input: secretTokenInput, stepUp: true }, rotateSecretToken)

export const revealServiceTokenAction = adminAction({ can: 'gateway', input: productRef, stepUp: true }, revealServiceToken)

export const rotateServiceTokenAction = adminAction({ can: 'gateway', input: productRef, stepUp: true }, rotateServiceToken)

/** As text: an action answers values. Shown once to whoever has just given the password. */
export const downloadNginxAction = adminAction({ can: 'gateway', input: productRef, stepUp: true }, async (ctx, input) => {
  const { fileName, bytes } = await downloadNginx(ctx, input)
  return { fileName, base64: Buffer.from(bytes).toString('base64') }
})

export const addGatewayDomainAction = adminAction({ can: 'gateway', input: gatewayDomainInput }, addGatewayDomain)

export const checkGatewayDomainAction = adminAction({ can: 'gateway', input: domainRef }, (ctx, input) => checkDomain(ctx, input, undefined, 'gateway'))

export const removeGatewayDomainAction = adminAction({ can: 'gateway', input: domainRef }, (ctx, input) => removeDomain(ctx, input, 'gateway'))
