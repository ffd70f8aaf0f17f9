import type { ProductParts } from '@/lib/products/count-parts'
import type { Permission } from '@/lib/tenants/context'

export type NextStep = { title: string; description: string; href: string; action: string; needs: Permission }

type Facts = {
  product: { id: number; privateBaseUrl: string | null; lastTest: unknown }
  parts: Pick<ProductParts, 'methods' | 'mappingRules' | 'plans' | 'applications' | 'pendingApplications'>
  pending: { liveVersion: number | null; changes: string[] }
}

/** What a product needs most, in the order of the walk; null when nothing is left to do. Pure. */
export function nextStepOf({ product, parts, pending }: Facts): NextStep | null {
  const at = `/products/${product.id}`
  const tested = (product.lastTest as { ok?: boolean } | null)?.ok
  if (parts.methods === 0)
    return { title: 'Define your API', description: 'Import an OpenAPI document: every operation becomes a method with its mapping rule.', href: `${at}/import`, action: 'Import', needs: 'products' }
  if (product.privateBaseUrl === null)
    return { title: 'Say where your API lives', description: 'Name the private base URL that the gateway forwards calls to.', href: `${at}/gateway`, action: 'Name the address', needs: 'gateway' }
  if (parts.mappingRules === 0)
    return { title: 'Map requests to methods', description: 'Without a mapping rule the gateway answers every request with “No Mapping Rule matched”.', href: `${at}/mapping-rules`, action: 'Add a rule', needs: 'products' }
  if (tested === undefined) return { title: 'Send a first call', description: 'Test the integration: a real call through staging, with everything a partner would meet.', href: `${at}/gateway#test`, action: 'Test integration', needs: 'gateway' }
  if (tested === false) return { title: 'The last test call failed', description: 'The Gateway page shows at which step, and what to do.', href: `${at}/gateway#test`, action: 'See what failed', needs: 'gateway' }
  if (pending.liveVersion === null) return { title: 'Go live', description: 'Staging works. Promote it, and partners can call the production address.', href: `${at}/gateway`, action: 'Review and promote', needs: 'gateway' }
  if (parts.plans === 0) return { title: 'Make a plan', description: 'A plan says which methods are open and how much is allowed. Partners need one to get a key.', href: `${at}/plans`, action: 'Make a plan', needs: 'plans' }
  if (parts.pendingApplications > 0)
    return {
      title: parts.pendingApplications === 1 ? 'One application waits for you' : `${parts.pendingApplications} applications wait for you`,
      description: 'Their keys are refused until you approve.',
      href: `/applications?state=pending`,
      action: 'Review',
      needs: 'partners',
    }
  if (pending.changes.length > 0)
    return {
      title: pending.changes.length === 1 ? 'Staging is ahead by one change' : `Staging is ahead by ${pending.changes.length} changes`,
      description: 'Partners do not see it yet. Promote when you have tried it.',
      href: `${at}/gateway`,
      action: 'Review and promote',
      needs: 'gateway',
    }
  if (parts.applications === 0) return { title: 'Add your first partner', description: 'An account, and an application with its key on one of your plans.', href: '/accounts/new', action: 'New account', needs: 'partners' }
  return null
}
