'use server'

import { planChangeModeInput, setPlanChangeMode } from '@/lib/products/set-plan-change-mode'
import { adminAction } from '@/lib/request/admin-action'
import { editPortalSettings, portalSettingsInput } from '@/lib/tenants/portal-settings'

const can = 'portal'

const switches = portalSettingsInput.pick({ signupsEnabled: true, accountApprovalRequired: true, multipleUsers: true, multipleApplications: true, multipleProducts: true })

export const setPortalSwitchAction = adminAction({ can, input: switches }, (ctx, input) => editPortalSettings(ctx, input))

export const setPlanChangeModeAction = adminAction({ can, input: planChangeModeInput }, (ctx, input) => setPlanChangeMode(ctx, input))
