import { Extra, type Page, type PageWanted, type Shape } from '@/lib/management/management-route'
import { isDecimal, pageFacts, timeText } from '@/lib/management/render-json'

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** The XML body of an answer: an element per field, lists with what paging needs (reference portal 8.1). */
export function renderXml(shape: Shape, result: unknown, page: PageWanted, paged: boolean): string {
  switch (shape.kind) {
    case 'one':
      return HEAD + element(shape.xml ?? shape.name, result, shape.attributes)
    case 'many': {
      const { items, total } = result as Page<unknown>
      const { name, each } = shape.xml ?? shape
      const attributes = paged ? Object.entries(pageFacts(page, total)).map(([key, value]) => ` ${key}="${value}"`).join('') : ''
      return `${HEAD}<${name}${attributes}>${items.map((item) => element(each, item, shape.attributes)).join('')}</${name}>`
    }
    case 'bare':
      return HEAD + element(shape.xml ?? 'result', result)
    case 'nothing':
      return ''
  }
}

/** One problem: `<error>...</error>`. */
export function xmlError(message: string): string {
  return `${HEAD}<error>${escapeXml(message)}</error>`
}

/** Problems by field as full sentences: `<errors><error>Name can't be blank</error></errors>`. */
export function xmlErrors(fields: Record<string, string[]>): string {
  const sentences = Object.entries(fields).flatMap(([field, messages]) => messages.map((message) => sentence(field, message)))
  return `${HEAD}<errors>${sentences.map((text) => `<error>${escapeXml(text)}</error>`).join('')}</errors>`
}

/** "name", "can't be blank" -> "Name can't be blank"; a message that is a sentence of its own follows a colon. */
function sentence(field: string, message: string): string {
  if (field === 'base') return message
  const name = field.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())
  return /^[A-Z"“]/.test(message) ? `${name}: ${message}` : `${name} ${message}`
}

function element(name: string, value: unknown, attributes: readonly string[] = []): string {
  const tag = tagOf(name)
  if (value === null || value === undefined) return `<${tag}></${tag}>`
  if (Array.isArray(value)) return `<${tag}>${value.map((item) => listed(tag, item)).join('')}</${tag}>`
  if (value instanceof Date) return `<${tag}>${timeText(value)}</${tag}>`
  if (isDecimal(value)) return `<${tag}>${value.toNumber()}</${tag}>`
  if (value instanceof Extra) return element('extra_fields', value.values)
  if (typeof value === 'object') return `<${tag}${attributesOf(value, attributes)}>${members(value)}</${tag}>`
  return `<${tag}>${escapeXml(String(value))}</${tag}>`
}

function attributesOf(value: object, names: readonly string[]): string {
  return names.map((name) => ` ${name}="${escapeXml(String((value as Record<string, unknown>)[name]))}"`).join('')
}

function members(value: object): string {
  // Links are of the JSON only.
  return Object.entries(value).map(([key, item]) => (key === 'links' || item === undefined ? '' : element(key, item))).join('')
}

/** An item of a list: `{ key: {...} }` brings its name, others have the singular of the list's. */
function listed(list: string, item: unknown): string {
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) {
    const entries = Object.entries(item)
    if (entries.length === 1 && typeof entries[0]![1] === 'object' && entries[0]![1] !== null) return element(entries[0]![0], entries[0]![1])
  }
  return element(singular(list), item)
}

function singular(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`
  return name.endsWith('s') && !name.endsWith('ss') ? name.slice(0, -1) : 'item'
}

/** A name of ours as it is; anything else (an extra field called "1st name") becomes one that XML allows. */
function tagOf(name: string): string {
  const clean = name.replace(/[^\w.-]/g, '_')
  return /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`
}

/** Text for an element or a quoted attribute; characters that XML 1.0 cannot hold are left out. */
export function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[sign]!)
}
