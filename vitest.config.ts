import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  resolve: { alias: [{ find: /^@\/(.*)$/, replacement: `${root}$1` }, { find: 'server-only', replacement: `${root}lib/empty.ts` }] },
  test: {
    include: ['lib/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.ts', 'scripts/**/*.test.ts', 'e2e/**/*.test.ts'],
    // Those run what was built: vitest.server.config.ts.
    exclude: [...configDefaults.exclude, '**/*.server.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Bounds for what hangs, far above what anything takes: a busy machine is no failure. `expect.poll` would give up after one second.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000, interval: 20 } },
    globalSetup: ['./scripts/test-database.ts'],
  },
})
