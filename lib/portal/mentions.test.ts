import { expect, it } from 'vitest'
import { partialsFor } from '@/lib/portal/mentions'
import type { Template, TemplateStore } from '@/lib/portal/templates'

const template = (systemName: string, source: string): Template => ({ kind: 'partial', systemName, title: '', path: null, layoutName: null, contentType: 'text/html', liquid: true, source, own: false })
const partials = [template('a', "{% include 'b' %}"), template('b', '{%- include "shared/c" with x -%}'), template('shared/c', "{% include 'a' %}"), template('d', '')]
const store: TemplateStore = { find: (_kind, name) => partials.find((each) => each.systemName === name) ?? null, findByPath: () => null, ownPages: () => [], partials: () => partials }
const reached = (source: string) => partialsFor(store, [template('page', source)]).map((each) => each.systemName)

it('finds the partials a page reaches, through others and round in circles', () => {
  expect(reached("{% include 'a' %}{% include 'missing' %}")).toEqual(['a', 'b', 'shared/c'])
  expect(reached('nothing')).toEqual([])
})

it('takes all of them where the name is known only while rendering', () => {
  expect(reached('{% include name %}')).toEqual(['a', 'b', 'shared/c', 'd'])
})
