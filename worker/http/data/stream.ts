import { Socket } from 'node:net'
import { PassThrough, Readable, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { FastifyReply } from 'fastify'
import { BATCH } from '../../../db/queries/data/batches.ts'
import { cutOffSlowReader } from './slow-reader.ts'

/** What a handler gives back that has sent a stream: the transaction may end, there is nothing more to send. */
export const STREAMED = Symbol('streamed')

/** A stream that was begun did not come to its end; the caller has been cut off, or has hung up. */
export class BrokenTransfer extends Error {
  override readonly name = 'BrokenTransfer'
}

/**
 * A list as `{"result": […]}`: in one piece where it is short, else streamed batch by batch, however long. An error on the
 * way breaks the transfer, so that a part never looks like the whole.
 */
export async function answerList<Row, Item>(
  reply: FastifyReply,
  batches: AsyncGenerator<Row[]>,
  itemOf: (row: Row) => Item,
): Promise<{ result: Item[] } | typeof STREAMED> {
  const first = await batches.next()
  const rows = first.value ?? []
  if (rows.length < BATCH) return { result: rows.map(itemOf) }
  const body = Readable.from(chunks(rows, batches, itemOf), { objectMode: false })
  sendStream(reply, 'application/json; charset=utf-8', body)
  await finished(body).catch(brokenOff)
  return STREAMED
}

async function* chunks<Row, Item>(rows: Row[], rest: AsyncGenerator<Row[]>, itemOf: (row: Row) => Item) {
  const json = (some: Row[]) => some.map((row) => JSON.stringify(itemOf(row))).join(',')
  yield `{"result":[${json(rows)}`
  for await (const batch of rest) if (batch.length > 0) yield `,${json(batch)}`
  yield ']}'
}

/** A file as `write` writes it. What it throws before the first byte is answered as a problem, later it breaks the transfer. */
export async function answerFile(
  reply: FastifyReply,
  type: string,
  write: (sink: Writable) => Promise<unknown>,
): Promise<typeof STREAMED> {
  const body = new PassThrough()
  sendStream(reply, type, body)
  await write(body).catch((error) => {
    body.destroy(error)
    brokenOff(error)
  })
  return STREAMED
}

function brokenOff(cause: Error): never {
  throw new BrokenTransfer(`a transfer was broken off: ${cause.message}`, { cause })
}

function sendStream(reply: FastifyReply, type: string, body: Readable): void {
  const { socket } = reply.raw
  if (socket instanceof Socket) {
    const stop = cutOffSlowReader(socket, reply.server.slowReaderMs)
    body.once('close', stop)
  }
  reply.type(type).send(body)
}
