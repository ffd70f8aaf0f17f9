import { createTenant } from '@/lib/onboarding/sign-up-tenant'
import { UsageProblem } from '@/scripts/gatehouse/command'
import type { Command, Given } from '@/scripts/gatehouse/command'
import { accountingBlock, adminUrlOf, portalBlock } from '@/scripts/gatehouse/connection'

/** A tenant as a sign-up would make it, its e-mail confirmed at once. */
export const tenantCreate: Command = {
  name: 'tenant create',
  summary: 'Make a tenant with its first admin; the e-mail counts as confirmed.',
  usage: '--slug <subdomain> --org <name> --email <address> (--password <password> | --password-stdin)',
  options: {
    slug: { kind: 'text', required: true, help: 'Subdomain of dashboard and portal: 3 to 30 letters, digits and hyphens.' },
    org: { kind: 'text', required: true, help: 'Name of the organisation.' },
    email: { kind: 'text', required: true, help: 'Address the admin signs in with.' },
    name: { kind: 'text', help: 'Name of the admin; without it, what stands before the @.' },
    password: { kind: 'text', help: 'At least 12 characters. Others may see it in the list of processes.' },
    'password-stdin': { kind: 'switch', help: 'Read the password from the standard input.' },
  },
  examples: ['gatehouse tenant create --slug acme --org "Acme" --email ada@acme.example --password-stdin < password.txt'],
  async run(given) {
    const { slug = '', org = '', email = '', name = nameOf(email) } = given.values
    const password = await readPassword(given)
    const { ctx, accessToken, providerKey } = await createTenant({ slug, organisation: org, name, email, password }, new Date())
    const admin = { url: await adminUrlOf(ctx.tenant), email, password, access_token: accessToken }
    const portal = await portalBlock(ctx.tenant, null)
    const accounting = await accountingBlock(ctx, providerKey)
    return {
      json: { tenant: { id: Number(ctx.tenant.id), slug: ctx.tenant.slug, org: ctx.tenant.name }, admin, portal, accounting },
      text: [
        `${ctx.tenant.name} is there.`,
        `  Dashboard     ${admin.url} (${email})`,
        `  Portal        ${portal.url}`,
        `  Access token  ${accessToken}`,
        `  Provider key  ${providerKey}`,
        'The access token is shown this once.',
      ].join('\n'),
    }
  },
}

async function readPassword({ values, switches, readInput }: Given): Promise<string> {
  const fromInput = switches.has('password-stdin')
  if (fromInput === (values.password !== undefined)) throw new UsageProblem('Give the password with --password or --password-stdin, one of the two.')
  if (!fromInput) return values.password!
  const [first = ''] = (await readInput()).split(/\r?\n/)
  if (first === '') throw new UsageProblem('No password came on the standard input.')
  return first
}

/** `ada.lovelace@acme.example` → `Ada Lovelace`. */
function nameOf(email: string): string {
  const words = email.split('@')[0]!.split(/[._+-]+/).filter(Boolean)
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join(' ') || 'Admin'
}
