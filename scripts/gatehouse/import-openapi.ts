import { readFileSync } from 'node:fs'
import { AppError } from '@/lib/errors'
import { applyImport } from '@/lib/products/openapi/apply-import'
import { fetchDocument } from '@/lib/products/openapi/fetch-document'
import { planImport } from '@/lib/products/openapi/plan-import'
import type { DocumentText } from '@/lib/products/openapi/plan-import'
import { findProductBySystemName } from '@/lib/products/queries'
import type { Ctx } from '@/lib/tenants/context'
import { findTenantBySlug } from '@/lib/tenants/queries'
import { systemContext } from '@/lib/tenants/system-context'
import { UsageProblem } from '@/scripts/gatehouse/command'
import type { Command, Given } from '@/scripts/gatehouse/command'

/** The import of the dashboard: one method and one mapping rule per operation. Staging follows at once. */
export const importOpenapi: Command = {
  name: 'import openapi',
  summary: 'Make methods and mapping rules of a product from its API description.',
  usage: '--tenant <slug> --product <system name> (--file <path> | --url <address> | -)',
  options: {
    tenant: { kind: 'text', required: true, help: 'Subdomain of the tenant.' },
    product: { kind: 'text', required: true, help: 'System name of the product.' },
    file: { kind: 'text', help: 'The document: Swagger 2.0, OpenAPI 3.0 or 3.1, JSON or YAML.' },
    url: { kind: 'text', help: 'Fetch the document; - reads it from the standard input.' },
    naming: { kind: 'text', help: '"path" names methods by verb and path (the default), "summary" by their summaries.' },
    'keep-missing': { kind: 'switch', help: 'Leave methods of an earlier import that this document lacks.' },
    'dry-run': { kind: 'switch', help: 'Tell what would be done and change nothing.' },
  },
  takesInput: true,
  examples: ['gatehouse import openapi --tenant acme --product api --file openapi.yaml --dry-run', 'gatehouse import openapi --tenant acme --product api - < openapi.json'],
  async run(given) {
    const { naming = 'path', product: systemName = '' } = given.values
    if (naming !== 'path' && naming !== 'summary') throw new UsageProblem('--naming is "path" or "summary".')
    const document = await readDocument(given)
    const ctx = await contextOf(given.values.tenant ?? '')
    const product = await findProductBySystemName(ctx, systemName)
    if (!product) throw new UsageProblem(`${ctx.tenant.name} has no product with the system name "${systemName}".`)

    const options = { naming, removeMissing: !given.switches.has('keep-missing') } as const
    const plan = await planImport(ctx, BigInt(product.id), document, options)
    const dryRun = given.switches.has('dry-run')
    if (!dryRun) await applyImport(ctx, BigInt(product.id), document, options, plan.fingerprint)
    const method = ({ verb, path, name, systemName }: { verb: string; path: string; name: string; systemName: string }) => ({ verb, path, name, system_name: systemName })
    const json = {
      dry_run: dryRun,
      tenant: ctx.tenant.slug,
      product: { id: product.id, name: product.name, system_name: product.systemName },
      document: plan.document,
      created: plan.create.map(method),
      changed: plan.change.map((each) => ({ ...method(each), changes: each.changes })),
      removed: plan.remove.map(method),
      kept: plan.keep.map(method),
      unchanged: plan.unchanged,
      base_url_suggestion: plan.baseUrlSuggestion,
      warnings: plan.warnings,
    }
    const count = (number: number, what: string) => (number > 0 ? [`${number} ${what}`] : [])
    const counts = [...count(json.created.length, 'created'), ...count(json.changed.length, 'changed'), ...count(json.removed.length, 'removed'), ...count(json.kept.length, 'kept, as they have usage or limits'), ...count(json.unchanged, 'unchanged')]
    return {
      json,
      text: [
        `${plan.document.title} ${plan.document.version} (${plan.document.format}), ${plan.document.operations} operations.`,
        `${dryRun ? 'Would be' : 'Methods of'} ${dryRun ? `done to ${product.name}` : product.name}: ${counts.join(', ') || 'nothing to do'}.`,
        ...plan.warnings.map((warning) => `Note: ${warning}`),
        ...(dryRun ? [] : ['Staging serves this now; promote it to production in the dashboard.']),
      ].join('\n'),
    }
  },
}

async function readDocument({ values, dash, readInput }: Given): Promise<DocumentText> {
  const fromInput = dash || values.file === '-'
  if ([fromInput, values.file !== undefined && values.file !== '-', values.url !== undefined].filter(Boolean).length !== 1)
    throw new UsageProblem('Name the document with --file or --url, or send it on the standard input with -, one of the three.')
  if (fromInput) return { text: await readInput() }
  if (values.url !== undefined) return fetchDocument(values.url)
  try {
    return { text: readFileSync(values.file!, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const reason = code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
    throw new UsageProblem(`The file ${values.file} ${reason}.`)
  }
}

async function contextOf(slug: string): Promise<Ctx> {
  const tenant = await findTenantBySlug(slug)
  if (!tenant) throw new AppError('not_found', { publicMessage: `There is no tenant "${slug}".` })
  return systemContext(tenant, new Date(), { name: 'Command line' })
}
