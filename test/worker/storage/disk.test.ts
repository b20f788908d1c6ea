import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDiskStorage } from '../../../worker/storage/disk.ts'
import { MissingFile, StorageError } from '../../../worker/storage/storage.ts'
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

  it('are this user’s alone, and so is the folder', async () => {
    const deep = join(folder, 'home', 'files')
    const storage = openDiskStorage(deep)
    const [one, other] = [await storage.put(Buffer.from('1')), await storage.putStream(Readable.from(['2']))]
    const modeOf = async (...path: string[]) => ((await stat(join(deep, ...path))).mode & 0o777).toString(8)
    expect(await Promise.all([one, other].map(({ sha256 }) => modeOf(sha256.slice(0, 2), sha256)))).toEqual([
      '600',
      '600',
    ])
    expect(await Promise.all([modeOf(), modeOf('incoming'), modeOf(one.sha256.slice(0, 2))])).toEqual([
      '700',
      '700',
      '700',
    ])
    const shared = (await stat(join(folder, 'home'))).mode & 0o055
    expect(shared).toBe(0o055 & ~process.umask()) // what else lies in the home is not theirs
  })

  it('are closed to others where an earlier version left them open, to a group they are not', async () => {
    await chmod(folder, 0o775)
    await openDiskStorage(folder).put(Buffer.from('1'))
    expect((await stat(folder)).mode & 0o777).toBe(0o770)
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
