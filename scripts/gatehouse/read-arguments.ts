import { parseArgs } from 'node:util'
import { UsageProblem } from '@/scripts/gatehouse/command'
import type { Command, Given } from '@/scripts/gatehouse/command'

/** The arguments after the command's name. Throws `UsageProblem` with one sentence about the first thing that is wrong. */
export function readArguments(command: Command, args: string[]): Omit<Given, 'readInput'> {
  const options = { ...command.options, json: { kind: 'switch', help: '' }, help: { kind: 'switch', help: '' } } as Command['options']
  const { tokens } = parseArgs({
    args,
    strict: false,
    tokens: true,
    options: Object.fromEntries(Object.entries(options).map(([name, { kind }]) => [name, { type: kind === 'text' ? 'string' : 'boolean' }])),
  })
  const given = { values: {} as Given['values'], switches: new Set<string>(), dash: false }
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    if (token.kind === 'positional') {
      if (token.value !== '-' || !command.takesInput) throw new UsageProblem(`"${token.value}" is one word too many.`)
      given.dash = true
      continue
    }
    const option = Object.hasOwn(options, token.name) ? options[token.name]! : null
    if (!option) throw new UsageProblem(`There is no option ${token.rawName}.`)
    if (given.switches.has(token.name) || given.values[token.name] !== undefined) throw new UsageProblem(`${token.rawName} is there twice.`)
    if (option.kind === 'switch') {
      if (token.value !== undefined) throw new UsageProblem(`${token.rawName} takes no value.`)
      given.switches.add(token.name)
    } else {
      if (token.value === undefined || token.value === '') throw new UsageProblem(`${token.rawName} needs a value.`)
      given.values[token.name] = token.value
    }
  }
  if (given.switches.has('help')) return given
  const missing = Object.entries(command.options).filter(([name, { required }]) => required && given.values[name] === undefined).map(([name]) => `--${name}`)
  if (missing.length > 0) throw new UsageProblem(`${missing.join(', ').replace(/, ([^,]*)$/, ' and $1')} ${missing.length === 1 ? 'is' : 'are'} missing.`)
  return given
}
