import { expect, it } from 'vitest'
import { pathProblem } from '@/lib/cms/content-path'
import { suggestPath } from './upload'

it.each([
  ['icon.ico', '/images/icon.ico'],
  ['Große Datei (2).PNG', '/images/grosse-datei-2.png'],
  ['brand.css', '/css/brand.css'],
  ['app.mjs', '/javascripts/app.mjs'],
  ['Inter.woff2', '/fonts/inter.woff2'],
  ['.htaccess.txt', '/htaccess.txt'],
  ['日本.pdf', '/file.pdf'],
])('suggests for %s a path that may be taken', (name, path) => {
  expect(suggestPath(name)).toBe(path)
  expect(pathProblem(path)).toBeNull()
})
