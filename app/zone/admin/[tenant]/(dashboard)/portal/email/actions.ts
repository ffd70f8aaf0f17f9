'use server'

import { adminAction } from '@/lib/request/admin-action'
import { editPortalSettings, portalSettingsInput } from '@/lib/tenants/portal-settings'

export const editContactAction = adminAction({ can: 'portal', input: portalSettingsInput.pick({ contactEmail: true }) }, (ctx, input) => editPortalSettings(ctx, input))
