import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { SchemaEngine } from '@prisma/schema-engine-wasm'

/** The schema folder as one text, files in the order of their names. */
export function readSchema(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.prisma')).sort()
  return files.map((name) => `// ${name}\n${readFileSync(join(folder, name), 'utf8').trim()}\n`).join('\n')
}

/**
 * SQL that leads from one Prisma schema to the other (`null`: from nothing); null where there is no difference.
 * Prisma's own engine as WebAssembly: nothing is downloaded. It wants to see a server, and changes nothing there.
 */
export async function diffSchemas(serverUrl: string, before: string | null, after: string): Promise<string | null> {
  // The engine reports a panic through this global, which its usual host defines.
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message() {} } })
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: serverUrl }))
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', after]] }, () => {}, adapter)
  try {
    const result = await engine.diff({
      from: before === null ? { tag: 'empty' } : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: before }] },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: after }] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    })
    return result.exitCode === 2 ? result.stdout : null
  } finally {
    engine.free()
  }
}
