import { describe, expect, it } from 'vitest'
import { normalPath, pathProblem } from '@/lib/cms/content-path'

describe('paths of a tenant’s pages and files', () => {
  it.each(['/images/icon.ico', '/about', '/guides/getting-started', '/css/brand.css', '/humans.txt', '/v2.0/notes', '/loginhelp', '/administration', '/api-news', '/a~b_c+d@e'])('%s may be taken', (path) => {
    expect(pathProblem(path)).toBeNull()
  })

  it.each([
    '/admin', '/admin/applications', '/ADMIN/x', '/login', '/logout', '/session', '/session/create', '/signup', '/signup/success', '/activate/x', '/api', '/api/auth', '/api_docs/services', '/_next/static/x.js',
    '/auth/x/callback', '/.well-known/openid-configuration', '/oauth/token', '/swagger/spec.json', '/buyer/stats', '/zone/admin', '/healthz', '/search', '/search.json', '/docs', '/docs/twitter', '/plans', '/terms',
    '/terms.html', '/privacy.htm', '/', '/favicon.ico', '/FAVICON.ICO', '/apple-touch-icon.png', '/robots.txt', '/sitemap.xml', '/swagger-ui/5/x.js',
  ])('LQ-5 %s stays the portal’s own', (path) => {
    expect(pathProblem(path)).toEqual(expect.any(String))
  })

  it.each([
    'about', '', '/../admin', '/a/../admin', '/a/./b', '/a//b', '//evil.example', '/a\\b', '/%61dmin', '/a%2f..%2fadmin', '/a%00', '/a\0b', '/a\nb', '/a b', '/a?b=c', '/a#b', '/a;b', '/ädmin', '/a\u2028b', '/．．/admin',
    '/.env', '/a/.git/config', `/${'a'.repeat(300)}`, '/a/',
  ])('LQ-5 %j is no path: a browser, proxy or decoder could read it in another way', (path) => {
    expect(pathProblem(path)).toEqual(expect.any(String))
  })

  it('says where the favicon goes instead', () => {
    expect(pathProblem('/favicon.ico')).toContain('/images/icon.ico')
  })

  it('one trailing slash and blanks around are what people mean', () => {
    expect(['/about/', ' /about ', '/', '/a//'].map(normalPath)).toEqual(['/about', '/about', '/', '/a//'])
  })
})
