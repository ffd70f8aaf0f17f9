import { describe, expect, it } from 'vitest'
import { renderPage } from '@/lib/portal/render-page'

const provider = { name: 'Acme' }

describe('the portal home page', () => {
  it('shows the tenant and its products', async () => {
    const html = await renderPage('home', 'Acme', { provider, products: [{ name: 'REST API', description: 'Timelines and search', methods: 83, base_url: 'https://twitter-acme.gw.example.com' }] })
    expect(html).toContain('<title>Acme</title>')
    expect(html).toContain('Build on Acme')
    expect(html).toMatch(/<h3>REST API<\/h3>[\s\S]*Timelines and search[\s\S]*<dd>83<\/dd>[\s\S]*https:\/\/twitter-acme\.gw\.example\.com/)
  })

  it('escapes whatever a person typed', async () => {
    const evil = '<script>alert(1)</script>"\'&'
    const html = await renderPage('home', evil, { provider: { name: evil }, products: [{ name: evil, description: evil, methods: 0, base_url: null }] })
    expect(html).not.toContain('<script>')
    expect(html).toContain('&lt;script&gt;')
  })

  it('says so when there is no API yet', async () => {
    expect(await renderPage('home', 'Acme', { provider, products: [] })).toContain('There is no API here yet.')
  })
})
