import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSpec } from '@/lib/activedocs/create-spec'
import { saveLogo } from '@/lib/cms/logo'
import { defaultTheme, saveTheme } from '@/lib/cms/theme-settings'
import { createField } from '@/lib/fields/create-field'
import { orderFields } from '@/lib/fields/order-fields'
import { listFields } from '@/lib/fields/queries'
import type { FieldInput } from '@/lib/fields/schema'
import { editPortalSettings } from '@/lib/tenants/portal-settings'
import type { Ctx } from '@/lib/tenants/context'
import { revealEndpointSecret } from '@/lib/webhooks/endpoint-secret'
import { createEndpoint, editEndpoint } from '@/lib/webhooks/write-endpoint'
import { collectionsApi, restApi } from '@/scripts/demo/load-products'

const HOOKS = /^http:\/\/127\.0\.0\.1:\d+\/hooks$/

const names: FieldInput[] = [
  { target: 'user', name: 'first_name', builtIn: true, label: 'First Name', required: true },
  { target: 'user', name: 'last_name', builtIn: true, label: 'Last Name', required: true },
]
const applicationType: FieldInput = { target: 'application', name: 'type', label: 'Type', choices: ['mobile', 'web', 'desktop'], hint: 'Where people will use it.' }

/** The portal of the walk: who may do what, the fields of its sign-up, and the documents partners read. Each step is skipped where it was done before. */
export async function loadPortal(ctx: Ctx, products: { restApiId: bigint; collectionsApiId: bigint }): Promise<void> {
  await editPortalSettings(ctx, { signupsEnabled: true, multipleUsers: true, multipleApplications: true, multipleProducts: true, contactEmail: 'api@acme.example' })
  await loadLook(ctx)
  await loadFields(ctx)
  await loadSpec(ctx, products.restApiId, restApi, 'Twitter REST API', 'Every operation of the REST API, to read and to try with your own key.')
  await loadSpec(ctx, products.collectionsApiId, collectionsApi, 'Collections API', 'Beta. Ordered collections of messages, to embed and to share.')
}

/** Two messages, one answering the other: small enough to draw here. */
const LOGO = `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#0f766e"/><path d="M16 20a6 6 0 0 1 6-6h20a6 6 0 0 1 6 6v10a6 6 0 0 1-6 6H30l-8 7v-7a6 6 0 0 1-6-6z" fill="#fff"/><circle cx="26" cy="25" r="3" fill="#0f766e"/><circle cx="38" cy="25" r="3" fill="#0f766e"/><path d="M34 42h8l6 6v-8" fill="none" stroke="#99f6e4" stroke-width="4" stroke-linejoin="round"/></svg>`

async function loadLook(ctx: Ctx): Promise<void> {
  await saveTheme(ctx, { ...defaultTheme, preset: 'tide', tagline: 'Read and write what people talk about' })
  await saveLogo(ctx, { fileName: 'acme.svg', bytes: Buffer.from(LOGO) })
}

async function loadFields(ctx: Ctx): Promise<void> {
  for (const field of [...names, applicationType])
    if (!(await listFields(ctx, field.target)).some(({ name }) => name === field.name)) await createField(ctx, field)
  const users = await listFields(ctx, 'user')
  const first = names.map(({ name }) => users.find((field) => field.name === name)!)
  await orderFields(ctx, { target: 'user', fieldIds: [...first, ...users.filter((field) => !first.includes(field))].map(({ id }) => id) })
}

async function loadSpec(ctx: Ctx, productId: bigint, { systemName, document }: { systemName: string; document: string }, name: string, description: string): Promise<void> {
  if (await ctx.db.apiSpec.findFirst({ where: { systemName }, select: { id: true } })) return
  await createSpec(ctx, { productId, name, systemName, description, source: JSON.stringify(JSON.parse(readFileSync(join(process.cwd(), 'e2e', 'data', document), 'utf8')), null, 2), published: true })
}

/** One endpoint at the local receiver, which is told the secret at every start: it keeps nothing. A person's own endpoints are left alone. */
export async function followReceiver(ctx: Ctx, port: string): Promise<void> {
  const url = `http://127.0.0.1:${port}/hooks`
  const there = await ctx.db.webhookEndpoint.findMany({ orderBy: { id: 'asc' } })
  const ours = there.find((endpoint) => HOOKS.test(endpoint.url))
  if (!ours && there.length > 0) return
  if (ours && ours.url !== url) await editEndpoint(ctx, { endpointId: ours.id, url, active: ours.active, events: ours.events as ['account.created'] })
  const endpointId = ours?.id ?? (await createEndpoint(ctx, { url, events: ['account.created', 'application.created', 'application.plan_changed', 'plan_request.created', 'limit_alert.reached'] })).id
  const { secret } = await revealEndpointSecret(ctx, { endpointId })
  await fetch(`http://127.0.0.1:${port}/__secret`, { method: 'PUT', body: secret, signal: AbortSignal.timeout(5_000) }).catch(() => {}) // it shows "not believed" then
}
