/** One command of the command line. */
export type Command = {
  /** As typed: `tenant create`. */
  name: string
  /** One line for the list of commands. */
  summary: string
  /** What may follow, as in `--tenant <slug> --file <path>`. */
  usage: string
  options: Record<string, Option>
  /** Whether `-` may stand for the standard input. */
  takesInput?: boolean
  /** Examples, one a line. */
  examples: string[]
  run(given: Given): Promise<Answer>
}

export type Option = { kind: 'text' | 'switch'; required?: boolean; help: string }

/** What was typed: values by option name, whether `-` was there, and the standard input on demand. */
export type Given = { values: Record<string, string | undefined>; switches: Set<string>; dash: boolean; readInput(): Promise<string> }

/** `json` is printed with --json, else `text`. */
export type Answer = { json: unknown; text: string }

/** What the person typed cannot be carried out: one sentence, exit code 1. */
export class UsageProblem extends Error {
  override readonly name = 'UsageProblem'
}
