import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sha256Of } from '../../../db/values/sha256.ts'
import { openS3Storage } from '../../../worker/storage/s3.ts'
import { MissingFile, type Storage, StorageError } from '../../../worker/storage/storage.ts'
import { openTestBucket, type TestBucket } from '../../support/s3.ts'

let bucket: TestBucket
let home: string
let storage: Storage
const clock = () => new Date()

beforeEach(async () => {
  bucket = await openTestBucket("statements of 2026/ż (it's)+&=")
  home = await mkdtemp(join(tmpdir(), 'bursar-test-'))
  storage = openS3Storage(bucket.config, join(home, 'spool'), clock)
})
afterEach(async () => {
  await bucket.close()
  await rm(home, { recursive: true, force: true })
})

describe('files in a bucket', () => {
  it('are found again by their hash, whole and as a stream, until they are removed', async () => {
    const bytes = randomBytes(300_000)
    const { sha256, size } = await storage.put(bytes)
    expect({ sha256, size }).toEqual({ sha256: sha256Of(bytes), size: 300_000 })
    expect(await storage.get(sha256)).toEqual(bytes)
    expect(await buffer(await storage.stream(sha256))).toEqual(bytes)
    await storage.remove(sha256)
    await expect(storage.get(sha256)).rejects.toThrow(MissingFile)
    await expect(storage.stream(sha256)).rejects.toThrow(MissingFile)
    await storage.remove(sha256)
  })

  it('may be empty, and may be put twice', async () => {
    const empty = await storage.put(new Uint8Array())
    expect(await storage.put(new Uint8Array())).toEqual(empty)
    expect(await storage.get(empty.sha256)).toEqual(Buffer.alloc(0))
    expect(await buffer(await storage.stream(empty.sha256))).toEqual(Buffer.alloc(0))
  })

  it('have a length and a hash that the store can check, and lie below the prefix', async () => {
    const { sha256 } = await storage.put(Buffer.from('hello'))
    const [asked] = bucket.asked
    expect(asked?.headers).toMatchObject({ 'content-length': '5', 'x-amz-content-sha256': sha256 })
    expect(decodeURIComponent(asked?.url ?? '')).toBe(
      `/files/statements of 2026/ż (it's)+&=/${sha256.slice(0, 2)}/${sha256}`,
    )
  })

  it('stream in at any size, long ones in parts, and nothing of it stays on the disk', async () => {
    const block = randomBytes(1_000_000)
    const long = Array.from({ length: 35 }, () => block)
    const stored = await storage.putStream(Readable.from(long))
    expect(stored).toEqual({ sha256: sha256Of(Buffer.concat(long)), size: 35_000_000 })
    expect(bucket.asked.filter(({ method, url }) => method === 'PUT' && url.includes('partNumber'))).toHaveLength(3)
    expect(sha256Of(await storage.get(stored.sha256))).toBe(stored.sha256)
    const short = await storage.putStream(Readable.from([Buffer.from('a'), Buffer.from('b')]))
    expect(await storage.get(short.sha256)).toEqual(Buffer.from('ab'))
    expect(await readdir(join(home, 'spool'))).toEqual([])
  })

  it('can be read to their end by who has begun, after they are removed', async () => {
    const bytes = randomBytes(2_000_000)
    const { sha256 } = await storage.put(bytes)
    const held = await storage.stream(sha256)
    await once(held, 'readable')
    await storage.remove(sha256)
    await storage.putStream(held)
    expect(await storage.get(sha256)).toEqual(bytes)
  })

  it('are not stored where their source breaks off', async () => {
    const source = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('the snapshot is gone')
      })(),
    )
    await expect(storage.putStream(source)).rejects.toThrow('the snapshot is gone')
    expect(bucket.asked).toEqual([])
    expect(await readdir(join(home, 'spool'))).toEqual([])
  })

  it('clear away what a killed process left a day ago', async () => {
    const spool = join(home, 'spool')
    await mkdir(spool)
    await writeFile(join(spool, 'old'), 'half')
    await writeFile(join(spool, 'young'), 'half')
    const yesterday = new Date(clock().getTime() - 25 * 3_600_000)
    await utimes(join(spool, 'old'), yesterday, yesterday)
    await storage.putStream(Readable.from([Buffer.from('x')]))
    expect(await readdir(spool)).toEqual(['young'])
  })
})

describe('a store in trouble', () => {
  it('is asked again while it is busy, breaks or cuts the connection', async () => {
    const troubles = [503, 'cut', 500] as const
    bucket.trouble(({ tries }) => troubles[tries - 1])
    const { sha256 } = await storage.put(Buffer.from('stubborn'))
    expect(bucket.asked).toHaveLength(4)
    expect(await storage.get(sha256)).toEqual(Buffer.from('stubborn'))
    expect(bucket.asked).toHaveLength(8)
  })

  it('is given up with what it said', async () => {
    bucket.trouble(() => 503)
    const { rejects } = expect(storage.put(Buffer.from('x')))
    await rejects.toThrow(/the file store cannot do PUT [0-9a-f/]+: answered 503 SlowDown: .+, asked 6 times/)
  })

  it('that refuses is not asked twice', async () => {
    const stranger = openS3Storage({ ...bucket.config, secretAccessKey: 'wrong' }, home, clock)
    await expect(stranger.put(Buffer.from('x'))).rejects.toThrow(/answered 403 SignatureDoesNotMatch/)
    const elsewhere = openS3Storage({ ...bucket.config, bucket: 'nowhere' }, home, clock)
    await expect(elsewhere.get('ab'.repeat(32))).rejects.toThrow(/answered 404 NoSuchBucket/)
    expect(bucket.asked).toHaveLength(2)
  })

  it('that nobody answers for is a StorageError which names the reason', async () => {
    const away = openS3Storage({ ...bucket.config, endpoint: 'http://127.0.0.1:1' }, home, clock)
    await expect(away.get('ab'.repeat(32))).rejects.toThrow(StorageError)
  })

  it('keeps no parts of an upload that failed', async () => {
    bucket.trouble(({ url }) => (url.includes('partNumber=2') ? 400 : undefined))
    const source = Readable.from([Buffer.alloc(20_000_000)])
    await expect(storage.putStream(source)).rejects.toThrow(/answered 400/)
    expect(bucket.asked.at(-1)).toMatchObject({ method: 'DELETE', url: expect.stringContaining('uploadId=') })
    expect(await readdir(join(home, 'spool'))).toEqual([])
  })
})
