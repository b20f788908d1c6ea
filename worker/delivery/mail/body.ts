import { Readable } from 'node:stream'

const CHUNK = 16 * 1024

/**
 * A mail's bytes, read only once the server has said that it wants them. `ended` tells whether the last of them has been
 * asked for: while it is false the final dot was not sent, so the server cannot have taken the mail.
 */
export class Body extends Readable {
  readonly #raw: Buffer
  #at = 0
  ended = false

  constructor(raw: Buffer) {
    super({ highWaterMark: 1 }) // nothing is read ahead of the connection
    this.#raw = raw
  }

  override _read(): void {
    const chunk = this.#raw.subarray(this.#at, this.#at + CHUNK)
    this.#at += chunk.length
    if (chunk.length > 0) {
      this.push(chunk)
      return
    }
    this.ended = true
    this.push(null)
  }
}
