import { expect, it } from 'vitest'
import { findSlugProblem } from '@/lib/tenants/check-slug'
import { suggestSlug } from './suggest-slug'

it.each(['Nordwind Verlag GmbH', 'Größe & Söhne', '  4you: Apps!! ', 'A very long name of an organisation that goes on and on'])('suggests a subdomain that is well formed for %j', (organisation) => {
  expect(findSlugProblem(suggestSlug(organisation))).toBeNull()
})

it('suggests nothing where there is nothing to take', () => expect(suggestSlug('株式会社')).toBe(''))
