import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { startTwitterApi, type TwitterApi } from '@/e2e/fakes/twitter-api'

const running: TwitterApi[] = []
const start = async (options: Parameters<typeof startTwitterApi>[0] = {}) => {
  const api = await startTwitterApi(options)
  running.push(api)
  return api
}
afterEach(async () => {
  for (const api of running.splice(0)) await api.close()
})

const document = JSON.parse(readFileSync(new URL('../data/twitter-rest-1.1.openapi.json', import.meta.url), 'utf8')) as { paths: Record<string, Record<string, unknown>> }

describe('the stand-in of the private API', () => {
  it('answers every one of the 83 operations with JSON of its kind', async () => {
    const api = await start()
    const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.keys(item).filter((key) => /^(get|post)$/.test(key)).map((verb) => ({ verb: verb.toUpperCase(), path })))
    expect(operations).toHaveLength(83)
    for (const { verb, path } of operations) {
      const reply = await fetch(`${api.url}/1.1${path.replace(/\{\w+\}/g, '42')}`, { method: verb })
      expect([verb, path, reply.status]).toEqual([verb, path, 200])
      expect(typeof (await reply.json())).toBe('object')
    }
    expect(api.hits().total).toBe(83)
    expect(await (await fetch(`${api.url}/1.1/statuses/home_timeline.json?count=3`)).json()).toHaveLength(3)
    expect(await (await fetch(`${api.url}/1.1/users/show.json?screen_name=ada`)).json()).toMatchObject({ screen_name: 'ada' })
  })

  it('refuses calls without the secret token and does not count them as hits', async () => {
    const api = await start({ secrets: ['right'] })
    const call = (headers: Record<string, string>) => fetch(`${api.url}/1.1/users/show.json`, { headers }).then((reply) => reply.status)
    expect(await call({})).toBe(403)
    expect(await call({ 'x-3scale-proxy-secret-token': 'wrong' })).toBe(403)
    expect(await call({ 'x-3scale-proxy-secret-token': 'right' })).toBe(200)
    expect(api.hits()).toEqual({ total: 1, refused: 2, calls: { 'GET /1.1/users/show.json': 1 } })
    await fetch(`${api.url}/__secrets`, { method: 'PUT', body: '["other"]' })
    expect(await call({ 'x-3scale-proxy-secret-token': 'right' })).toBe(403)
  })

  it('keeps its record over a restart and empties it when asked', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'twitter-api-'))
    try {
      const first = await start({ dataDir })
      await fetch(`${first.url}/1.1/help/tos.json`)
      await first.close()
      const second = await start({ dataDir })
      await fetch(`${second.url}/1.1/help/tos.json`)
      expect(second.hits().calls).toEqual({ 'GET /1.1/help/tos.json': 2 })
      await fetch(`${second.url}/__hits`, { method: 'DELETE' })
      expect(second.hits().total).toBe(0)
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  })

  it('shows the headers and the body it got', async () => {
    const api = await start()
    const reply = await fetch(`${api.url}/1.1/statuses/update.json?echo=headers`, { method: 'POST', body: 'status=hello', headers: { 'x-test': 'yes' } })
    expect(await reply.json()).toMatchObject({ method: 'POST', headers: { 'x-test': 'yes' }, body: { bytes: 12, text: 'status=hello' } })
  })

  it('bends its answers: status, headers, size, stream, broken connection', async () => {
    const api = await start()
    const failed = await fetch(`${api.url}/1.1/users/show.json?__status=503&__header=${encodeURIComponent('Set-Cookie: a=1')}`)
    expect([failed.status, failed.headers.get('set-cookie')]).toEqual([503, 'a=1'])
    expect((await (await fetch(`${api.url}/x?__bytes=300000`)).arrayBuffer()).byteLength).toBe(300_000)
    expect(await (await fetch(`${api.url}/x?__chunks=3`)).text()).toBe('chunk 0\nchunk 1\nchunk 2\n')
    await expect(fetch(`${api.url}/x?__cut=100`).then((reply) => reply.text())).rejects.toThrow()
  })
})
