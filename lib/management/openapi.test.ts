import { describe, expect, it } from 'vitest'
import { openapiDocument } from '@/lib/management/openapi'
import { managementRoutes } from '@/lib/management/routes/index'

describe('x', () => {
  it('prints', () => {
    const document = openapiDocument(managementRoutes, { server: 'http://x' })
    const { writeFileSync } = require('node:fs')
    writeFileSync('/tmp/e-openapi.json', JSON.stringify(document, null, 1))
    expect(1).toBe(1)
  })
})
