import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AccountingBlock, AdminBlock, PortalBlock } from '@/scripts/gatehouse/connection'

/** `DATA_DIR/demo.json`: everything a script needs to walk through the demo. Its shape is a promise. */
export type Demo = {
  site_url: string
  /** Null where mail is really sent. */
  mailbox_url: string | null
  admin: AdminBlock
  portal: PortalBlock
  gateway: {
    production: string
    staging: string
    /** Host names without port, the first one is that of the URL above. */
    hosts: { production: string[]; staging: string[] }
    credentials: { location: string; names: Record<string, string> }
  }
  accounting: AccountingBlock
  upstream_url: string
  applications: DemoApplication[]
}

export type DemoApplication = { name: string; plan: string } & ({ user_key: string } | { app_id: string; app_keys: string[] })

export const demoFile = (dataDir: string) => join(dataDir, 'demo.json')

/** What the last start wrote, or null: never started, lost, or unreadable. */
export function readDemoFile(dataDir: string): Partial<Demo> | null {
  try {
    const found: unknown = JSON.parse(readFileSync(demoFile(dataDir), 'utf8'))
    return typeof found === 'object' && found !== null ? found : null
  } catch {
    // Nothing in it is worth stopping for: what it alone knew is made anew.
    return null
  }
}

/** Readers see the old file or the new one; only the owner may. */
export function writeDemoFile(dataDir: string, demo: Demo): void {
  const draft = `${demoFile(dataDir)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, demoFile(dataDir))
}
