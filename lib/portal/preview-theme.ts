import { findFile, readFileBytes } from '@/lib/cms/queries'
import { coloursCss, getTheme } from '@/lib/cms/theme-settings'
import { findBuiltInAsset } from '@/lib/portal/built-in'
import type { Visit } from '@/lib/portal/portal-route'
import { markupPieces, type MarkupPiece } from '@/lib/portal/markup-pieces'
import { renderPortalPage } from '@/lib/portal/render-portal-page'
import type { Ctx } from '@/lib/tenants/context'
import { getPortalSettings } from '@/lib/tenants/portal-settings'
import { portalUrlOf } from '@/lib/tenants/portal-url'

/** Where the dashboard puts other colours into the preview. */
const previewColoursId = 'preview-colours'

/**
 * The portal's front page as a visitor sees it, in one piece: styles inside, the logo as data, and nothing that runs or
 * loads, so that the dashboard can show it in a sandboxed frame without a request to the portal. Null where the tenant's
 * own page cannot be rendered.
 */
export async function previewTheme(ctx: Ctx): Promise<string | null> {
  const [settings, origin, { settings: theme, logo }] = await Promise.all([getPortalSettings(ctx), portalUrlOf(ctx.tenant), getTheme(ctx)])
  const visit: Visit = { ctx, settings, developer: null, origin, csrfToken: '', flash: [], userAgent: '', preview: false }
  const reply = await renderPortalPage(visit, { method: 'GET', path: '/', params: {}, query: new URLSearchParams(), form: {}, json: undefined }, { kind: 'page', page: 'home' })
  if (reply.status !== 200 || typeof reply.body !== 'string') return null
  const styles = `<style id="${previewColoursId}">${coloursCss(theme)}</style><style>${textOfAsset('/css/portal.css')}</style>`
  const page = [...markupPieces(withoutWhatRuns(reply.body))].map((piece) => dressed(piece, styles)).join('')
  return logo ? withLogo(ctx, page, logo.url) : page
}

function dressed({ kind, name, text }: MarkupPiece, styles: string): string {
  if (kind !== 'tag') return text
  if (name === 'head') return text + styles
  return name === 'html' ? `<html class="js"${text.slice(5)}` : name === 'body' ? `<body inert${text.slice(5)}` : text
}

/** Scripts, links, frames and pictures from elsewhere: a frame that may not run or load them would only complain. */
export function withoutWhatRuns(html: string): string {
  return [...markupPieces(html)].map(still).join('')
}

const loads = new Set(['iframe', 'object', 'embed', 'video', 'audio', 'link', 'base', 'source'])

function still({ kind, name, text }: MarkupPiece): string {
  if (kind === 'raw') return name === 'script' ? '' : text
  if (kind !== 'tag' || name === '' || name.startsWith('/')) return text
  return loads.has(name) || (name === 'meta' && /http-equiv/i.test(text)) ? '' : stillTag(text)
}

function stillTag(tag: string): string {
  return tag
    .replace(/\s(on[a-z]+|srcset|autofocus)(\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?(?=[\s>/])/gi, '')
    .replace(/\ssrc\s*=\s*(["'])(?!data:)(?!\/images\/logo\.)[\s\S]*?\1/gi, '')
}

async function withLogo(ctx: Ctx, html: string, url: string): Promise<string> {
  const file = await findFile(ctx, url.replace(/\?.*$/, ''))
  const bytes = file && (await readFileBytes(ctx, file.id))
  const data = bytes ? `data:${file.contentType};base64,${Buffer.from(bytes).toString('base64')}` : ''
  return html.replaceAll(`src="${url}"`, data ? `src="${data}"` : '')
}

function textOfAsset(path: string): string {
  const asset = findBuiltInAsset(path)
  return asset ? Buffer.from(asset.bytes).toString('utf8') : ''
}
