import { decryptSecret, encryptSecret } from '@/lib/crypto'
import type { SecretPlace } from '@/lib/crypto'
import type { PolicyEntry } from '@/lib/products/gateway-config'

/**
 * Keys inside policies (anonymous access) are stored sealed, in the row as in every promoted version: `sealed:` and the
 * ciphertext, good for this product only (KEY-2).
 */
const SEALED = 'sealed:'
const secretFields: Record<string, readonly string[]> = { default_credentials: ['user_key', 'app_key'] }

const placeOf = (tenantId: bigint | number, productId: bigint | number): SecretPlace => ({ tenantId, table: 'products', row: productId, column: 'policies' })

/** Seals what is not yet; what is must be of this product. `broken` gets the place of one that is not. */
export function sealPolicySecrets(tenantId: bigint | number, productId: bigint | number, policies: PolicyEntry[], broken: (path: string) => void): PolicyEntry[] {
  return policies.map((entry, index) =>
    changeSecrets(entry, (value, field) => {
      if (!value.startsWith(SEALED)) return SEALED + encryptSecret(value, placeOf(tenantId, productId))
      if (open(tenantId, productId, value) === null) broken(`policies.${index}.configuration.${field}`)
      return value
    }),
  )
}

/** In the clear, for a gateway that must send them: ours, and the configuration an APIcast downloads. What does not open is left out. */
export function openPolicySecrets(tenantId: bigint | number, productId: bigint | number, policies: readonly PolicyEntry[]): PolicyEntry[] {
  return policies.map((entry) => changeSecrets(entry, (value) => (value.startsWith(SEALED) ? open(tenantId, productId, value) : value)))
}

function changeSecrets(entry: PolicyEntry, change: (value: string, field: string) => string | null): PolicyEntry {
  const fields = secretFields[entry.name]
  if (!fields) return entry
  const configuration = { ...entry.configuration }
  for (const field of fields) {
    const value = configuration[field]
    if (typeof value !== 'string' || value === '') continue
    const changed = change(value, field)
    if (changed === null) delete configuration[field]
    else configuration[field] = changed
  }
  return { ...entry, configuration }
}

function open(tenantId: bigint | number, productId: bigint | number, value: string): string | null {
  try {
    return decryptSecret(value.slice(SEALED.length), placeOf(tenantId, productId))
  } catch {
    // Of another product, or sealed with a key this installation no longer has.
    return null
  }
}
