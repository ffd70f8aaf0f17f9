'use server'

import { adminAction } from '@/lib/request/admin-action'
import { editPortalSettings, portalSettingsInput } from '@/lib/tenants/portal-settings'

const input = portalSettingsInput.pick({ alertLevels: true, alertDevelopers: true, alertMembers: true })

export const editAlertSettingsAction = adminAction({ can: 'portal', input }, editPortalSettings)
