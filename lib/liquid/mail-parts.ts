import { TYPED_BEGIN, TYPED_END } from './context.ts'
import { escapeHtml } from './escape.ts'

const typed = new RegExp(`${TYPED_BEGIN}([^${TYPED_END}]*)${TYPED_END}`, 'g')

/**
 * The two parts of a mail from one text. Addresses in it become links in the HTML part; what developers typed is one
 * line that no mail program takes for a link and no reader for markup (ML-1, LQ-4).
 */
export function mailParts(marked: string, headers: Record<string, string>): { body: string; html: string; headers: Record<string, string> } {
  const text = tidy(marked)
  return { body: plain(text), html: paragraphs(text), headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value).replace(/\s+/g, ' ').trim()])) }
}

// Blank lines that tags leave behind.
function tidy(text: string): string {
  return `${text.replace(/\r\n?/g, '\n').replace(/[ \t]+\n/g, '\n').replace(/\n{3,}/g, '\n\n').trim()}\n`
}

function plain(marked: string): string {
  return marked.replace(typed, (_, words: string) => unlinked(words).replaceAll('<', '&lt;').replaceAll('>', '&gt;')).replaceAll(TYPED_BEGIN, '').replaceAll(TYPED_END, '')
}

/** Zero-width spaces keep mail programs from linking what looks like an address. */
function unlinked(words: string): string {
  return words.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').replace(/(:\/\/|[.@:/])(?=\S)/g, '$1\u200b')
}

function paragraphs(marked: string): string {
  return marked
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p style="margin:0 0 16px">${lines(paragraph)}</p>`)
    .join('\n')
}

function lines(marked: string): string {
  const parts = marked.split(typed)
  return parts
    .map((part, at) => (at % 2 === 1 ? escapeHtml(unlinked(part)) : linked(part.replaceAll(TYPED_BEGIN, '').replaceAll(TYPED_END, ''))))
    .join('')
    .replaceAll('\n', '<br>\n')
}

function linked(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g)
    .map((part, at) => (at % 2 === 1 ? `<a href="${escapeHtml(part)}" style="color:#3f3f46;word-break:break-all">${escapeHtml(part)}</a>` : escapeHtml(part)))
    .join('')
}
