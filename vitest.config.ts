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
    testTimeout: 20_000,
    hookTimeout: 60_000,
    globalSetup: ['./scripts/test-database.ts'],
  },
})
