import { ZodError } from 'zod'
import { closeDatabase } from '@/lib/db/connect'
import { SettingsError } from '@/lib/env'
import { isAppError } from '@/lib/errors'
import { UsageProblem } from '@/scripts/gatehouse/command'
import type { Command } from '@/scripts/gatehouse/command'
import { helpOf, listCommands } from '@/scripts/gatehouse/help'
import { importOpenapi } from '@/scripts/gatehouse/import-openapi'
import { migrate } from '@/scripts/gatehouse/migrate'
import { openInstallation } from '@/scripts/gatehouse/open-installation'
import { readArguments } from '@/scripts/gatehouse/read-arguments'
import { tenantCreate } from '@/scripts/gatehouse/tenant-create'
import { tenantList } from '@/scripts/gatehouse/tenant-list'

export type Terminal = { readInput(): Promise<string>; print(line: string): void; complain(line: string): void }

export const commands: Command[] = [tenantCreate, tenantList, importOpenapi, migrate]

/** Runs one command and gives the exit code: 0, or 1 after one sentence about what is wrong. */
export async function runGatehouse(args: string[], terminal: Terminal): Promise<0 | 1> {
  try {
    await run(args, terminal)
    return 0
  } catch (error) {
    terminal.complain(sentenceOf(error))
    return 1
  } finally {
    await closeDatabase()
  }
}

async function run(args: string[], terminal: Terminal): Promise<void> {
  const [first] = args
  if (first === undefined || first === '--help' || first === '-h') return terminal.print(listCommands(commands))
  if (first === 'help') return terminal.print(args.length === 1 ? listCommands(commands) : helpOf(findCommand(args.slice(1))))
  const command = findCommand(args)
  const typed = args.slice(command.name.split(' ').length)
  const given = readArguments(command, typed)
  if (given.switches.has('help')) return terminal.print(helpOf(command))
  await openInstallation()
  const { json, text } = await command.run({ ...given, readInput: terminal.readInput })
  terminal.print(given.switches.has('json') ? JSON.stringify(json, null, 2) : text)
}

function findCommand(args: string[]): Command {
  const found = commands.find(({ name }) => name.split(' ').every((word, index) => args[index] === word))
  if (found) return found
  const words = args.filter((word) => !word.startsWith('-')).slice(0, 2)
  const below = commands.filter(({ name }) => name.startsWith(`${words[0]} `)).map(({ name }) => name)
  if (below.length > 0) throw new UsageProblem(`"${words[0]}" goes with: ${below.map((name) => name.slice(words[0]!.length + 1)).join(', ')}.`)
  throw new UsageProblem(`There is no command "${words.join(' ') || args[0]}". There are: ${commands.map(({ name }) => name).join(', ')}.`)
}

/** What went wrong, in one line; fields of a form carry their option's name. */
function sentenceOf(error: unknown): string {
  if (error instanceof UsageProblem || error instanceof SettingsError) return error.message
  if (error instanceof ZodError) return named(error.issues.map((issue) => [String(issue.path[0] ?? ''), issue.message]))
  if (isAppError(error)) return error.fields ? named(Object.entries(error.fields).map(([field, [message]]) => [field, message ?? ''])) : error.publicMessage
  return error instanceof Error ? error.message.trim() : String(error)
}

const OPTION_OF: Record<string, string> = { organisation: 'org', document: '', url: 'url' }

function named(problems: [field: string, message: string][]): string {
  return problems
    .map(([field, message]) => {
      const option = OPTION_OF[field] ?? field
      return option ? `--${option}: ${message}` : message
    })
    .join(' ')
}
