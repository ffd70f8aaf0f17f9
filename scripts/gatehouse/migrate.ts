import type { Command } from '@/scripts/gatehouse/command'

/** Every command migrates first; this one does nothing else: for a build or release step where no server of ours starts. */
export const migrate: Command = {
  name: 'migrate',
  summary: 'Bring the database up to date.',
  usage: '',
  options: {},
  examples: ['DATABASE_URL=postgresql://... gatehouse migrate'],
  async run() {
    return { json: { migrated: true }, text: 'The database is up to date.' }
  },
}
