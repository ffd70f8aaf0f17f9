import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findRunningServer, removeServerNote, writeServerNote } from '@/lib/http/server-note'

describe('the note of the running server', () => {
  let folder: string
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'gatehouse-note-'))))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('tells the port while the process lives, to its owner only', () => {
    writeServerNote(folder, { pid: process.pid, port: 4321 })
    expect(findRunningServer(folder)).toEqual({ pid: process.pid, port: 4321 })
    expect(statSync(join(folder, 'server.json')).mode & 0o777).toBe(0o600)
    removeServerNote(folder)
    expect(findRunningServer(folder)).toBeNull()
  })

  it('of a killed server says nothing, and stays for nobody to trip over', () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeServerNote(folder, { pid, port: 4321 })
    expect(findRunningServer(folder)).toBeNull()
    removeServerNote(folder)
    writeServerNote(folder, { pid: process.pid, port: 1 })
    expect(findRunningServer(folder)).toEqual({ pid: process.pid, port: 1 })
  })

  it.each(['', '{', 'null', '{"pid":"x","port":1}', '{"pid":-1,"port":1}'])('is nothing where the file holds %j', (text) => {
    writeFileSync(join(folder, 'server.json'), text)
    expect(findRunningServer(folder)).toBeNull()
  })
})
