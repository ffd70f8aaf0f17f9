// Bundles what runs outside Next: the server, the command line and the worker threads. Packages stay external.
import { build } from 'esbuild'
import { existsSync } from 'node:fs'

const entries = {
  server: 'server.ts',
  gatehouse: 'scripts/gatehouse/main.ts',
  'demo-seed': 'scripts/demo/seed.ts',
  'demo-upstream': 'e2e/fakes/twitter-api.ts',
  'demo-receiver': 'e2e/fakes/webhook-receiver.ts',
  'openapi-worker': 'lib/products/openapi/worker.ts',
  'liquid-worker': 'lib/liquid/worker.ts',
}

await build({
  entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  alias: { 'server-only': './lib/empty.ts' },
  logLevel: 'warning',
})
