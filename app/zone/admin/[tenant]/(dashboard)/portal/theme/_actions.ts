'use server'

import { z } from 'zod'
import { logoInput, removeLogo, saveLogo } from '@/lib/cms/logo'
import { saveTheme, themeInput } from '@/lib/cms/theme-settings'
import { adminAction } from '@/lib/request/admin-action'

const can = 'portal'

export const saveThemeAction = adminAction({ can, input: themeInput }, (ctx, input) => saveTheme(ctx, input))

export const saveLogoAction = adminAction({ can, input: logoInput }, async (ctx, { logo }) => saveLogo(ctx, { fileName: logo.name, bytes: new Uint8Array(await logo.arrayBuffer()) }))

export const removeLogoAction = adminAction({ can, input: z.object({}) }, (ctx) => removeLogo(ctx))
