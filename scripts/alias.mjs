// Lets plain Node run the project's TypeScript: resolves the '@/' alias and leaves 'server-only' empty.
import { registerHooks } from 'node:module'
import { existsSync } from 'node:fs'

const root = new URL('../', import.meta.url)

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'server-only') return { url: 'data:text/javascript,', format: 'module', shortCircuit: true }
    if (!specifier.startsWith('@/')) return next(specifier, context)
    const url = new URL(specifier.slice(2), root).href
    return next(existsSync(new URL(url + '.ts')) ? url + '.ts' : url, context)
  },
})
