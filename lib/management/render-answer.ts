import { invalidInput } from '@/lib/db/to-app-error'
import { AppError } from '@/lib/errors'
import { managementAnswer, type Answer } from '@/lib/management/answers'
import type { Format } from '@/lib/management/find-route'
import type { ManagementRoute, PageWanted } from '@/lib/management/management-route'
import { renderJson } from '@/lib/management/render-json'
import { renderXml } from '@/lib/management/render-xml'
import { plainProblem } from '@/lib/products/plain-problem'

type RouteShape = Pick<ManagementRoute, 'input' | 'strict' | 'paged' | 'answers'>

export type ReadInput = {
  input: Record<string, unknown>
  /** Everything sent but `page` and `per_page`. */
  rest: Record<string, unknown>
  page: PageWanted
  /** Whether the request named `page` or `per_page`. */
  asked: boolean
}

/** What was sent, as the route's input. Throws `invalid` by field. */
export function readInput(route: RouteShape, fields: Record<string, unknown>): ReadInput {
  const { page, per_page: perPage, ...rest } = fields
  if (route.strict) assertKnown(route, rest)
  const parsed = route.input.safeParse(route.paged ? rest : fields, { error: plainProblem })
  if (!parsed.success) throw invalidInput(parsed.error.issues)
  return { input: parsed.data, rest, page: pageOf(route, page, perPage), asked: page !== undefined || perPage !== undefined }
}

/** What a route resolved to, in the format asked for. */
export async function renderAnswer({ answers, paged }: RouteShape, result: unknown, { format, page, asked }: { format: Format; page: PageWanted; asked: boolean }): Promise<Answer> {
  if (result instanceof Response) return managementAnswer(result)
  const status = answers.kind === 'one' || answers.kind === 'bare' ? (answers.status ?? 200) : 200
  if (answers.kind === 'nothing') return { status: 200, contentType: '', body: '' }
  if (format === 'csv') return { status, contentType: 'text/csv; charset=utf-8', body: answers.kind === 'bare' && answers.csv ? answers.csv(result) : '' }
  if (format === 'xml') return { status, contentType: 'application/xml; charset=utf-8', body: renderXml(answers, result, page, Boolean(paged)) }
  return { status, contentType: 'application/json; charset=utf-8', body: renderJson(answers, result, page, asked && Boolean(paged)) }
}

function assertKnown(route: RouteShape, fields: Record<string, unknown>): void {
  const unknown = Object.keys(fields).filter((name) => !(name in route.input.shape))
  if (unknown.length > 0) throw new AppError('invalid', { fields: { base: [`Unknown parameters: ${unknown.join(', ')}.`] } })
}

function pageOf(route: RouteShape, page: unknown, perPage: unknown): PageWanted {
  const { size: usual, most } = typeof route.paged === 'object' ? route.paged : { size: 500, most: 500 }
  const size = Math.min(most, positive(perPage) ?? usual)
  const number = Math.min(positive(page) ?? 1, 1_000_000)
  return { skip: (number - 1) * size, take: size, number, size }
}

function positive(value: unknown): number | null {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
  return Number.isInteger(number) && number > 0 ? number : null
}
