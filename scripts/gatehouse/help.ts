import type { Command } from '@/scripts/gatehouse/command'

const CALL = 'npm run -s gatehouse --'

export function listCommands(commands: Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}   ${summary}`)
  return [
    'Gatehouse, from the command line. Works beside a running server and without one.',
    '',
    `  ${CALL} <command> [options]`,
    '',
    ...lines,
    `  ${'help'.padEnd(width)}   What a command does and takes: help tenant create`,
    '',
    'With --json every command prints one JSON document. Exit code 0, or 1 after a sentence about what is wrong.',
  ].join('\n')
}

export function helpOf({ name, summary, usage, options, examples }: Command): string {
  const all = { ...options, json: { kind: 'switch', help: 'Print one JSON document.' } as const }
  const width = Math.max(...Object.keys(all).map((option) => option.length)) + 2
  return [
    summary,
    '',
    `  ${CALL} ${name} ${usage}`,
    '',
    ...Object.entries(all).map(([option, { help }]) => `  ${`--${option}`.padEnd(width)}   ${help}`),
    '',
    ...examples.map((example) => `  ${example.replace('gatehouse', CALL)}`),
  ].join('\n')
}
