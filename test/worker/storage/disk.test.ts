import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MissingFile, openDiskStorage, StorageError } from '../../../worker/storage.ts'
import { canMount, mountSmallDisk } from '../../support/small-disk.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bursar-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('files in a folder', () => {
  it('are found again by their hash, whole and as a stream, until they are removed', async () => {
    const storage = openDiskStorage(folder)
    const bytes = randomBytes(300_000)
    const { sha256 } = await storage.put(bytes)
    expect(await storage.putStream(Readable.from([bytes]))).toEqual({ sha256, size: 300_000 })
    expect(await storage.get(sha256)).toEqual(bytes)
    expect(await buffer(await storage.stream(sha256))).toEqual(bytes)
    await storage.remove(sha256)
    await expect(storage.get(sha256)).rejects.toThrow(MissingFile)
  })

  it('are not stored where their source breaks off, and its other end hears when they cannot be', async () => {
    const storage = openDiskStorage(folder)
    const broken = new PassThrough()
    const stored = storage.putStream(broken)
    broken.write('half')
    broken.destroy(new Error('the snapshot is gone'))
    await expect(stored).rejects.toThrow('the snapshot is gone')
    expect(await readdir(join(folder, 'incoming'))).toEqual([])

    await writeFile(join(folder, 'file'), '')
    const source = new PassThrough()
    await expect(openDiskStorage(join(folder, 'file')).putStream(source)).rejects.toThrow(/ENOTDIR/)
    expect(source.destroyed).toBe(true)
  })
})

describe.runIf(canMount('a full disk'))('a disk that is full', () => {
  let unmount: () => void
  afterEach(() => unmount())

  it('is told as such, keeps no halves, and takes files again when there is room', async () => {
    unmount = mountSmallDisk(folder, 1024)
    const storage = openDiskStorage(folder)
    const kept = await storage.put(randomBytes(600_000))
    const long = randomBytes(600_000)
    const full = 'the disk that holds the files is full (ENOSPC)'
    await expect(storage.put(long)).rejects.toThrow(new StorageError(full))
    await expect(storage.putStream(Readable.from([long]))).rejects.toThrow(new StorageError(full))
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
    await storage.remove(kept.sha256)
    const { sha256 } = await storage.put(long)
    expect(await storage.get(sha256)).toEqual(long)
  })
})
