'use server'

import { adminAction } from '@/lib/request/admin-action'
import { featureInput, setFeature } from '@/lib/tenants/set-feature'

export const setFeatureAction = adminAction({ can: 'settings', input: featureInput }, setFeature)
