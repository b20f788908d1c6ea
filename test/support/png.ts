import { deflateSync } from 'node:zlib'

/** A PNG with transparency, made by hand. */
export function png(width: number, height: number, spoil: (pixels: Buffer) => void = () => {}): Buffer {
  const pixels = Buffer.alloc((width * 4 + 1) * height, 120)
  for (let row = 0; row < height; row++) pixels[row * (width * 4 + 1)] = 0
  spoil(pixels)
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 6, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(type), data, Buffer.alloc(4)])
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
