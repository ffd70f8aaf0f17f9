'use server'

import { addDomain } from '@/lib/domains/add-domain'
import { checkDomain } from '@/lib/domains/check-domain'
import { removeDomain } from '@/lib/domains/remove-domain'
import { domainInput, domainRef } from '@/lib/domains/schema'
import { adminAction } from '@/lib/request/admin-action'

const can = 'portal'

export const addDomainAction = adminAction({ can, input: domainInput }, addDomain)

export const checkDomainAction = adminAction({ can, input: domainRef }, (ctx, input) => checkDomain(ctx, input, undefined, 'portal'))

export const removeDomainAction = adminAction({ can, input: domainRef }, (ctx, input) => removeDomain(ctx, input, 'portal'))
