import { describe, expect, it } from 'vitest'
import { matchRoute } from '@/lib/portal/match-route'
import type { PortalRoute } from '@/lib/portal/portal-route'
import { portalRoutes } from '@/lib/portal/portal-routes'

const route = (method: PortalRoute['method'], path: string): PortalRoute => ({ method, path, who: 'anyone', handle: async () => ({ kind: 'json', body: null }) })
const routes = [route('GET', '/'), route('GET', '/apps/:id'), route('GET', '/apps/new'), route('DELETE', '/apps/:app_id/keys/:id'), route('GET', '/docs/:name')]
const find = (path: string, method: PortalRoute['method'] = 'GET') => {
  const match = matchRoute(routes, method, path)
  return match && [match.route.path, match.params]
}

describe('the route of a path', () => {
  it.each([
    ['/', ['/', {}]],
    ['/apps/7', ['/apps/:id', { id: '7' }]],
    ['/apps/7/', ['/apps/:id', { id: '7' }]],
    ['/apps/new', ['/apps/new', {}]],
    ['/docs/a%20b%2Bc', ['/docs/:name', { name: 'a b+c' }]],
    ['/apps', null],
    ['/apps//7', null],
    ['//', null],
    ['/docs/a%2Fb', null],
    ['/docs/a%5Cb', null],
    ['/docs/a%00b', null],
    ['/docs/%ff', null],
    ['/docs/', null],
  ])('%s', (path, expected) => expect(find(path)).toEqual(expected))

  it('is of the method too', () => {
    expect(find('/apps/7/keys/9', 'DELETE')).toEqual(['/apps/:app_id/keys/:id', { app_id: '7', id: '9' }])
    expect(find('/apps/7/keys/9')).toBeNull()
  })
})

describe('the portal’s routes', () => {
  it('are named once each, below no path that a page of the tenant could take', () => {
    const names = portalRoutes.map(({ method, path }) => `${method} ${path.replace(/:\w+/g, ':')}`)
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  it('ISO-10 whatever is a partner’s own asks who is there', () => {
    const open = portalRoutes.filter(({ path, who }) => /^\/(admin|buyer)(\/|$)/.test(path) && who === 'anyone').map(({ method, path }) => `${method} ${path}`)
    expect(open.sort()).toEqual(['GET /admin/account/password', 'GET /admin/account/password/new', 'POST /admin/account/password', 'PUT /admin/account/password'])
  })
})
