import { beforeAll, describe, expect, it } from 'vitest'
import { makeTenant, testDatabase } from '@/lib/db/test-database'
import { checkUpload } from '@/lib/cms/check-upload'
import { deleteFile } from '@/lib/cms/delete-file'
import { imageSize } from '@/lib/cms/image-size'
import { findFile, getFile, listFiles } from '@/lib/cms/queries'
import { editFile, saveFile, saveFileText } from '@/lib/cms/save-file'
import { serveFile } from '@/lib/cms/serve-file'
import type { Ctx } from '@/lib/tenants/context'

const text = (content: string) => new TextEncoder().encode(content)
const png = (width: number, height: number) => {
  const bytes = Buffer.alloc(33)
  Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').copy(bytes)
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  return new Uint8Array(bytes)
}
const gif = (width: number, height: number) => new Uint8Array(Buffer.concat([Buffer.from('GIF89a'), Buffer.from([width & 255, width >> 8, height & 255, height >> 8, 0, 0, 0])]))
const jpeg = (width: number, height: number) => new Uint8Array(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 0, 0, 0]))
const webp = (width: number, height: number) => {
  const bytes = Buffer.alloc(30)
  bytes.write('RIFF', 0, 'latin1')
  bytes.write('WEBPVP8X', 8, 'latin1')
  bytes.writeUIntLE(width - 1, 24, 3)
  bytes.writeUIntLE(height - 1, 27, 3)
  return new Uint8Array(bytes)
}
const avif = (width: number, height: number) => {
  const bytes = Buffer.alloc(60)
  bytes.write('ftypavif', 4, 'latin1')
  bytes.write('ispe', 40, 'latin1')
  bytes.writeUInt32BE(width, 48)
  bytes.writeUInt32BE(height, 52)
  return new Uint8Array(bytes)
}
const ico = (side: number) => new Uint8Array(Buffer.from([0, 0, 1, 0, 1, 0, side & 255, side & 255, 0, 0, 1, 0, 32, 0, 4, 0, 0, 0, 22, 0, 0, 0, 1, 2, 3, 4]))
const svg = '<?xml version="1.0"?>\n<!-- drawn --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

describe('UP-1 what may be uploaded', () => {
  it.each<[string, Uint8Array, string]>([
    ['/images/icon.ico', ico(32), 'image/x-icon'],
    ['/images/logo.PNG', png(10, 10), 'image/png'],
    ['/a.jpg', jpeg(10, 10), 'image/jpeg'],
    ['/a.jpeg', jpeg(10, 10), 'image/jpeg'],
    ['/a.gif', gif(10, 10), 'image/gif'],
    ['/a.webp', webp(10, 10), 'image/webp'],
    ['/a.avif', avif(10, 10), 'image/avif'],
    ['/a.svg', text(svg), 'image/svg+xml'],
    ['/a.woff', text('wOFF....'), 'font/woff'],
    ['/a.woff2', text('wOF2....'), 'font/woff2'],
    ['/a.ttf', new Uint8Array([0, 1, 0, 0, 0]), 'font/ttf'],
    ['/a.otf', text('OTTO....'), 'font/otf'],
    ['/a.css', text('body { color: red }'), 'text/css'],
    ['/a.js', text('let a = "<svg"'), 'text/javascript'],
    ['/robots.txt', text('User-agent: *'), 'text/plain'],
    ['/a.json', text('{"a":1}'), 'application/json'],
    ['/a.xml', text('<?xml version="1.0"?><feed/>'), 'application/xml'],
    ['/a.pdf', text('%PDF-1.7'), 'application/pdf'],
  ])('%s is taken as what its bytes are', (path, bytes, contentType) => {
    expect(checkUpload(path, bytes)).toMatchObject({ type: { contentType } })
  })

  it.each<[string, string, Uint8Array, string]>([
    ['a PNG called an icon', '/images/icon.ico', png(16, 16), 'looks like a PNG'],
    ['a page called an image', '/a.png', text('<html><script>alert(1)</script>'), 'HTML is a page'],
    ['a page called a style sheet', '/a.css', text(' <!-- x --><!DOCTYPE html><p>'), 'HTML is a page'],
    ['a page', '/a.html', text('<p>'), 'HTML is a page'],
    ['an SVG called a script', '/a.js', text(svg), 'not a script'],
    ['a binary called text', '/a.txt', new Uint8Array([1, 2, 3, 0]), 'not plain text'],
    ['text that is not UTF-8', '/a.css', new Uint8Array([0x62, 0xe4]), 'UTF-8'],
    ['what is no JSON', '/a.json', text('{a:1}'), 'not JSON'],
    ['a PDF called SVG', '/a.svg', text('%PDF-1.7 <svg'), 'not an SVG image'],
    ['another kind of file', '/a.exe', text('MZ'), 'must end in one of'],
    ['no extension', '/a', text('x'), 'must end in one of'],
    ['a name of an object’s own', '/a.constructor', text('x'), 'must end in one of'],
    ['nothing', '/a.txt', new Uint8Array(), 'empty'],
    ['too much', '/a.txt', new Uint8Array(20 * 1024 * 1024 + 1).fill(97), '20 MB'],
    ['an image cut off', '/a.png', png(10, 10).slice(0, 20), 'damaged'],
  ])('%s is refused with words', (_, path, bytes, words) => {
    expect(checkUpload(path, bytes)).toEqual({ problem: expect.stringContaining(words) })
  })

  it.each<[string, string, Uint8Array]>([
    ['PNG', '/a.png', png(10_000, 5_001)],
    ['GIF', '/a.gif', gif(10_000, 5_001)],
    ['JPEG', '/a.jpg', jpeg(10_000, 5_001)],
    ['WebP', '/a.webp', webp(10_000, 5_001)],
    ['AVIF', '/a.avif', avif(10_000, 5_001)],
  ])('UP-2 a %s of more than 50 million pixels is refused by its header alone', (_, path, bytes) => {
    expect(checkUpload(path, bytes)).toEqual({ problem: expect.stringContaining('10000 × 5001') })
  })

  it('UP-2 an SVG begins after declaration, comments and document type; megabytes of them are read once', () => {
    const prolog = '<?xml version="1.0"?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x" [ <!ENTITY a "b"> ]>\n'
    expect(checkUpload('/a.svg', text(`${prolog}<svg xmlns="http://www.w3.org/2000/svg"/>`))).toHaveProperty('type')
    for (const part of ['<!--', '<?', '<!doctype svg>', '<!doctype svg [', ' ']) expect(checkUpload('/a.svg', text(part.repeat(2_000_000 / part.length))), part).toHaveProperty('problem')
    expect(checkUpload('/a.svg', text(`<svg ${'<!--'.repeat(500_000)}`))).toHaveProperty('type')
  })

  it('UP-2 an icon is as large as the PNG inside says', () => {
    const bytes = Buffer.concat([ico(16).slice(0, 22), png(40_000, 40_000)])
    expect(imageSize(bytes, 'image/x-icon')).toEqual({ width: 40_000, height: 40_000 })
    expect(imageSize(ico(0), 'image/x-icon')).toEqual({ width: 256, height: 256 })
  })
})

describe('files of a tenant', () => {
  testDatabase()
  let ctx: Ctx
  let other: Ctx

  beforeAll(async () => {
    ctx = await makeTenant()
    other = await makeTenant()
  })

  it('UP-1 the favicon is served at its path as what its bytes are, and asked for again is not sent again', async () => {
    const { id } = await saveFile(ctx, { path: '/images/icon.ico', bytes: ico(32) })
    const answer = await serveFile(ctx, '/images/icon.ico', null)
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'image/x-icon', 'x-content-type-options': 'nosniff', 'content-disposition': 'inline', 'content-security-policy': "sandbox; default-src 'none'" } })
    expect(new Uint8Array(answer!.body!)).toEqual(ico(32))
    expect(await serveFile(ctx, '/images/icon.ico', `W/${answer!.headers.etag}`)).toMatchObject({ status: 304, body: null })
    expect(await serveFile(ctx, '/images/icon.ico', '"another"')).toMatchObject({ status: 200 })
    expect(await serveFile(other, '/images/icon.ico', null)).toBeNull()
    expect(await findFile(other, '/images/icon.ico')).toBeNull()
    await expect(getFile(other, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteFile(other, { fileId: id })).rejects.toMatchObject({ code: 'not_found' })
    expect(await ctx.db.event.findFirst({ where: { type: 'portal.file_saved' } })).toMatchObject({ data: { fileId: Number(id), path: '/images/icon.ico' } })
  })

  it('UP-1 all but images, fonts, styles and scripts is a download; so is what the tenant marks as one', async () => {
    await saveFile(ctx, { path: '/terms-2026.pdf', bytes: text('%PDF-1.7') })
    await saveFile(ctx, { path: '/data.json', bytes: text('{}') })
    await saveFile(ctx, { path: '/brand.css', bytes: text('p {}') })
    await saveFile(ctx, { path: '/press/logo.png', bytes: png(4, 4), downloadable: true })
    const dispositionOf = async (path: string) => (await serveFile(ctx, path, null))?.headers['content-disposition']
    expect(await dispositionOf('/terms-2026.pdf')).toBe('attachment; filename="terms-2026.pdf"')
    expect(await dispositionOf('/data.json')).toBe('attachment; filename="data.json"')
    expect(await dispositionOf('/press/logo.png')).toBe('attachment; filename="logo.png"')
    expect((await serveFile(ctx, '/brand.css', null))?.headers).toMatchObject({ 'content-disposition': 'inline', 'content-type': 'text/css; charset=utf-8' })
  })

  it('UP-2 an SVG is shown as an image and can do nothing when opened by itself', async () => {
    await saveFile(ctx, { path: '/logo.svg', bytes: text(svg) })
    expect((await serveFile(ctx, '/logo.svg', null))?.headers).toMatchObject({ 'content-security-policy': "sandbox; default-src 'none'", 'x-content-type-options': 'nosniff' })
  })

  it('text is edited in place from the version it was opened in, and stays what it claims to be', async () => {
    const { id } = await saveFile(ctx, { path: '/site.css', bytes: text('a {}') })
    const opened = await getFile(ctx, id)
    const { updatedAt } = await saveFileText(ctx, { fileId: id, text: 'b {}', basedOn: opened.updatedAt })
    await expect(saveFileText(ctx, { fileId: id, text: 'c {}', basedOn: opened.updatedAt })).rejects.toMatchObject({ code: 'conflict' })
    await expect(saveFileText(ctx, { fileId: id, text: '<html>', basedOn: updatedAt })).rejects.toMatchObject({ code: 'invalid', fields: { text: [expect.any(String)] } })
    expect(new TextDecoder().decode((await serveFile(ctx, '/site.css', null))!.body!)).toBe('b {}')
    const picture = await findFile(ctx, '/logo.svg')
    await saveFileText(ctx, { fileId: picture!.id, text: '<svg></svg>', basedOn: picture!.updatedAt })
    const icon = await findFile(ctx, '/images/icon.ico')
    await expect(saveFileText(ctx, { fileId: icon!.id, text: 'x', basedOn: icon!.updatedAt })).rejects.toMatchObject({ code: 'conflict' })
  })

  it('a file moves, is replaced and deleted', async () => {
    const { id } = await saveFile(ctx, { path: '/move.txt', bytes: text('one') })
    await editFile(ctx, { fileId: id, path: '/moved.txt', downloadable: true })
    expect(await serveFile(ctx, '/move.txt', null)).toBeNull()
    await expect(editFile(ctx, { fileId: id, path: '/moved.js' })).rejects.toMatchObject({ code: 'invalid', fields: { path: [expect.stringContaining('.txt')] } })
    await expect(editFile(ctx, { fileId: id, path: '/site.css' })).rejects.toMatchObject({ code: 'invalid' })
    expect(await saveFile(ctx, { path: '/moved.txt', bytes: text('two'), replace: true })).toMatchObject({ id })
    expect(new TextDecoder().decode((await serveFile(ctx, '/moved.txt', null))!.body!)).toBe('two')
    await deleteFile(ctx, { fileId: id })
    expect((await listFiles(ctx)).map(({ path }) => path)).not.toContain('/moved.txt')
  })

  it('LQ-5 no file stands at a path of the portal’s own', async () => {
    await expect(saveFile(ctx, { path: '/favicon.ico', bytes: ico(16) })).rejects.toMatchObject({ code: 'invalid', fields: { path: [expect.stringContaining('/images/icon.ico')] } })
    await expect(saveFile(ctx, { path: '/login/../a.txt', bytes: text('x') })).rejects.toMatchObject({ code: 'invalid' })
  })
})
