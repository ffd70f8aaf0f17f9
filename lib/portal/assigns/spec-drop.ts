import type { SpecItem } from '@/lib/activedocs/queries'
import { drop, type Drop } from '@/lib/liquid/values'

/** `api_spec`: a published document (reference portal 4.2), with what lists of documents show besides. Hidden ones have no drop. */
export function specDrop(spec: SpecItem, { baseUrl }: { baseUrl: string }): Drop {
  const { id, name, systemName, description, version, operations, published } = spec
  const attributes = {
    name,
    system_name: systemName,
    description,
    version,
    operations_count: operations,
    'published?': published,
    url: `/swagger/spec/${systemName}.json`,
    docs_url: `/docs/${systemName}`,
    service: null,
    api_product_production_public_base_url: baseUrl,
  }
  return drop('api_spec', id, attributes, name)
}
