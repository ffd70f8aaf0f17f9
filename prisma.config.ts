import { defineConfig } from 'prisma/config'

// Only `prisma generate` runs through this file; migrations are applied by lib/db/migrate.ts.
export default defineConfig({ schema: 'prisma/schema', migrations: { path: 'prisma/migrations' }, datasource: { url: 'postgresql://localhost/unused' } })
