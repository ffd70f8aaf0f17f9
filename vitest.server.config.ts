import { defineConfig } from 'vitest/config'
import unit from './vitest.config'

/** Tests of whole servers: they run what was built, so build first (`npm test -- e2e` does). */
export default defineConfig({
  ...unit,
  test: { ...unit.test, include: ['**/*.server.test.ts'], exclude: ['**/node_modules/**'], maxWorkers: 1, testTimeout: 480_000, hookTimeout: 480_000 },
})
