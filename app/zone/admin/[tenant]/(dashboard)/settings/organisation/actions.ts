'use server'

import { adminAction } from '@/lib/request/admin-action'
import { editOrganisation, organisationInput } from '@/lib/tenants/edit-organisation'

export const editOrganisationAction = adminAction({ can: 'settings', input: organisationInput }, editOrganisation)
