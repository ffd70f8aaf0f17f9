import { hash } from 'node:crypto'
import { canonicalJson } from '@/lib/products/same-json'

/** Stands for a stored chain: whoever saves another one says which he has seen. The same chain has the same version, however it came about. */
export function policyVersion(policies: unknown): string {
  return hash('sha256', canonicalJson(policies), 'base64url').slice(0, 22)
}
