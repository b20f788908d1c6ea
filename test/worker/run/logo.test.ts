import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jpeg from 'jpeg-js'
import pino from 'pino'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLogo } from '../../../worker/run/logo.ts'
import { LogoError, scaleLogo } from '../../../worker/run/logo-scale.ts'
import { png as smallPng } from '../../support/png.ts'

/** Dots that no compression makes smaller; the same each time. */
function noise(width: number, height: number, alpha = 255): Buffer {
  const data = Buffer.alloc(width * height * 4)
  for (let i = 0, seed = 1; i < data.length; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648
    data[i] = i % 4 === 3 ? alpha : seed >> 16
  }
  return data
}
const pngOf = (width: number, height: number, data: Buffer) => {
  const image = new PNG({ width, height })
  image.data = data
  return PNG.sync.write(image, { deflateLevel: 1 })
}
const flat = (width: number, height: number, dot: readonly number[]) =>
  Buffer.concat(Array.from({ length: width * height }, () => Buffer.from(dot)))

describe('a logo', () => {
  it('that is small stays as it is', () => {
    const logo = smallPng(40, 20)
    expect(scaleLogo(logo)).toBe(logo)
  })

  it.each([
    ['PNG', () => pngOf(1500, 500, noise(1500, 500)), [600, 200]],
    ['PNG that is high', () => pngOf(400, 900, noise(400, 900, 128)), [107, 240]],
    ['JPEG', () => jpeg.encode({ width: 1200, height: 600, data: noise(1200, 600) }, 95).data, [480, 240]],
  ])('that is a large %s is one that may stand in every PDF', (_kind, make, size) => {
    const large = make()
    expect(large.length).toBeGreaterThan(500_000)
    const logo = Buffer.from(scaleLogo(large))
    expect(logo.length).toBeLessThanOrEqual(200_000)
    const { width, height } = logo[0] === 0x89 ? PNG.sync.read(logo) : jpeg.decode(logo)
    const ratio = width / height
    expect(width).toBeLessThanOrEqual(size[0] ?? 0)
    expect(ratio).toBeCloseTo((size[0] ?? 0) / (size[1] ?? 1), 1)
    const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    expect(digest(scaleLogo(make()))).toBe(digest(logo))
  })

  it('keeps its colour and its cover, clear dots beside it or not', () => {
    const [width, height] = [2000, 1600] // more than its bytes let expect
    const data = flat(width, height, [200, 100, 50, 255])
    for (let i = 0; i < data.length; i += 8) data.set([0, 0, 0, 0], i) // every other dot is clear
    const scaled = PNG.sync.read(Buffer.from(scaleLogo(pngOf(width, height, data))))
    expect([scaled.width, scaled.height]).toEqual([300, 240])
    expect([...scaled.data.subarray(0, 3)]).toEqual([200, 100, 50])
    expect(Math.abs((scaled.data[3] ?? 0) - 128)).toBeLessThan(20)
  })

  it.each([
    ['no image', Buffer.from('GIF89a'), 'expected PNG or JPEG bytes'],
    ['half a PNG', pngOf(1000, 1000, noise(1000, 1000)).subarray(0, 300_000), 'expected a PNG that can be read'],
    [
      'half a JPEG',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.alloc(300_000, 1)]),
      'expected a JPEG that can be read',
    ],
    ['a few bytes of endless dots', smallPng(60_000, 1).fill(0xff, 20, 24), 'expected at most 16 megapixels'],
  ])('that is %s is refused', (_what, bytes, expected) => {
    expect(() => scaleLogo(bytes)).toThrow(LogoError)
    expect(() => scaleLogo(bytes)).toThrow(expected)
  })
})

describe('the logos folder', () => {
  let logos = ''
  const warned: unknown[] = []
  const log = pino({ level: 'warn' }, { write: (line) => warned.push(JSON.parse(line).msg) })
  let asked = 0
  const scale = async (bytes: Uint8Array) => {
    asked++
    return scaleLogo(bytes)
  }
  const read = (file: string) => readLogo({ logos, log, scaleLogo: scale }, file)

  beforeAll(async () => {
    logos = await mkdtemp(join(tmpdir(), 'bursar-logos-'))
    await writeFile(join(logos, 'acme.png'), smallPng(40, 20))
    await writeFile(join(logos, 'acme.txt'), 'hello')
    await mkdir(join(logos, 'folder.png'))
    await writeFile(join(logos, 'huge.png'), Buffer.alloc(25_000_001))
  })
  afterAll(() => rm(logos, { recursive: true, force: true }))

  it('is read once for all chunks of a run, and again when the file is another', async () => {
    expect(await read('acme.png')).toEqual(smallPng(40, 20))
    expect(await Promise.all([read('acme.png'), read('acme.png')])).toHaveLength(2)
    expect(asked).toBe(1)
    await writeFile(join(logos, 'acme.png'), smallPng(44, 22))
    expect(await read('acme.png')).toEqual(smallPng(44, 22))
  })

  it.each([
    ['acme.txt', 'logo left out: expected PNG or JPEG bytes'],
    ['none.png', 'logo left out: expected a file in the logos folder'],
    ['folder.png', 'logo left out: expected a file in the logos folder'],
    ['../acme.png', 'logo left out: expected a plain file name'],
    ['huge.png', 'logo left out: expected at most 25 MB'],
  ])('gives nothing for %s, and says why', async (file, message) => {
    expect(await read(file)).toBeUndefined()
    expect(warned.at(-1)).toBe(message)
  })
})
