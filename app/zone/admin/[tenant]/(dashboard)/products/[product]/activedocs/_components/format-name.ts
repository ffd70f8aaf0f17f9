import type { SpecItem } from '@/lib/activedocs/queries'

/** `Swagger 2.0`, `OpenAPI 3.1`. */
export function formatName(version: SpecItem['version']): string {
  return version === '2.0' ? 'Swagger 2.0' : `OpenAPI ${version}`
}
