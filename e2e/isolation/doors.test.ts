import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { doorOf, listActions, listHiddenActions, listPages, listRoutes, readSource } from '@/e2e/isolation/list-doors'
import { actions, adminPages, routes, sitePages } from '@/e2e/isolation/policy'
import { portalPolicies } from '@/e2e/isolation/portal-policy'
import { portalRoutes } from '@/lib/portal/portal-routes'

// What the matrix asks of the running server, looked at in the sources: no door is left without a lock.
const pageDoors = /^(requireAdmin|requireAdminShell|requireAdminTenant|requireMailbox|readVisitor)$/

describe('the doors of the app', () => {
  it.each(listPages().filter(({ file }) => file.includes('/zone/admin/')).map(({ file }) => file))('PLAT-3 %s asks at its door before anything else', (file) => {
    expect(isDoor(firstCall(readSource(file)), file)).toBe(true)
  })

  it('PLAT-3 the mailbox asks at its door, and other pages of the site know no tenant', () => {
    for (const { file, route } of listPages().filter(({ zone }) => zone === 'site')) {
      const source = readSource(file)
      if (sitePages[route] && 'localOnly' in sitePages[route]) expect(isDoor(firstCall(source), file), file).toBe(true)
      else expect(source, file).not.toMatch(/@\/lib\/db|ctx\.db|systemDb|findMemberSession/)
    }
  })

  it('PLAT-3 PLAT-4 every server action is made by a door', () => {
    for (const { file, name } of listActions()) expect(readSource(file), `${file} ${name}`).toMatch(new RegExp(`export const ${name} = (adminAction|publicAction)\\(`))
    expect(listHiddenActions()).toEqual([])
  })

  it('ROLE-1 every action and route names in its source the permission the policy table names', () => {
    for (const { file, name } of listActions()) {
      const { can } = actions[`${file}#${name}`]!
      const source = readSource(file)
      const [, options = ''] = new RegExp(`export const ${name} = \\w+\\(\\s*\\{([\\s\\S]*?)\\},`).exec(source) ?? []
      const named = /\bcan: '(\w+)'/.exec(options)?.[1] ?? (/\bcan\b(?!:)/.test(options) ? /^const can = '(\w+)'/m.exec(source)?.[1] : undefined)
      expect(named ?? (source.includes(`export const ${name} = publicAction`) ? 'public' : 'member'), `${file} ${name}`).toBe(can)
    }
    for (const { file, zone, route } of listRoutes()) {
      const { can } = routes[`${zone} ${route}`]!
      if (can !== 'public') expect(readSource(file), file).toContain(`adminRoute({ can: '${String(can)}'`)
    }
  })

  it('ISO-7 the policy table names every door, and none that is gone', () => {
    const of = (zone: string) => listPages().filter((door) => door.zone === zone).map(({ route }) => route).sort()
    expect(Object.keys(adminPages).sort()).toEqual(of('admin'))
    expect(Object.keys(sitePages).sort()).toEqual(of('site'))
    expect(Object.keys(routes).sort()).toEqual(listRoutes().map(({ zone, route }) => `${zone} ${route}`).sort())
    expect(Object.keys(actions).sort()).toEqual(listActions().map(({ file, name }) => `${file}#${name}`).sort())
  })

  it('ISO-7 the portal’s policy table names every route of the portal as its own table does, and none that is gone', () => {
    expect(Object.fromEntries(Object.entries(portalPolicies).map(([name, { who }]) => [name, who]))).toEqual(Object.fromEntries(portalRoutes.map(({ method, path, who }) => [`${method} ${path}`, who])))
  })

  it('reads routes from files', () => {
    expect(doorOf('app/zone/admin/[tenant]/(dashboard)/products/[product]/plans/(list)/page.tsx')).toMatchObject({ zone: 'admin', route: '/products/[product]/plans' })
    expect(doorOf('app/zone/admin/[tenant]/(dashboard)/(home)/page.tsx').route).toBe('/')
    expect(doorOf('app/zone/site/mailbox/[id]/page.tsx')).toMatchObject({ zone: 'site', route: '/mailbox/[id]' })
    expect(doorOf('app/zone/portal/[host]/[[...path]]/route.ts').route).toBe('/[[...path]]')
  })
})

/** The name of what a page awaits first. */
function firstCall(source: string): string {
  const body = source.slice(source.search(/export default (async )?function/))
  return /await (\w+)\(/.exec(body)?.[1] ?? ''
}

/** A door, or a reader of this folder that begins with one. */
function isDoor(name: string, file: string): boolean {
  if (pageDoors.test(name)) return true
  const from = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from '(\\.[^']+)'`).exec(readSource(file))?.[1]
  if (!from) return false
  return pageDoors.test(/await (\w+)\(/.exec(readSource(`${normalize(join(dirname(file), from))}.ts`))?.[1] ?? '')
}
