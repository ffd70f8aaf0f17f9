'use server'

import { limitLabInput, runLimitLab } from '@/lib/onboarding/run-limit-lab'
import { adminAction } from '@/lib/request/admin-action'

export const runLimitLabAction = adminAction({ can: 'gateway', input: limitLabInput }, (ctx, input) => runLimitLab(ctx, input))
