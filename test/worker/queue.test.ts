import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openQueues } from '../../worker/queue.ts'
import { redisConnection } from '../../worker/redis.ts'
import { openRedis, type TestRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const redis = await openRedis()

/** A way to Redis that breaks when it is asked INFO for the second time, BullMQ's own; `mend` opens it again. */
async function openBrittleWay({ url }: TestRedis) {
  const { hostname, port } = new URL(url)
  let asked = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) socket.on('error', () => {}).on('close', () => near.destroy() && far.destroy())
    far.pipe(near)
    near.on('data', (bytes) => {
      if (!/\binfo\r/i.test(bytes.toString()) || ++asked !== 2) return far.write(bytes)
      server.close()
      return near.destroy()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const at = (server.address() as AddressInfo).port
  return { url: `redis://127.0.0.1:${at}`, mend: () => server.listen(at, '127.0.0.1'), close: () => server.close() }
}

describe.runIf(redis)('a queue on Redis', () => {
  const closing: (() => unknown)[] = [() => redis?.close()]
  let way: Awaited<ReturnType<typeof openBrittleWay>>
  beforeAll(async () => {
    way = await openBrittleWay(redis as TestRedis)
    closing.push(way.close)
  })
  afterAll(async () => {
    for (const close of closing.reverse()) await close()
  })

  it('that lost Redis in the middle of its opening takes jobs when it is back', async () => {
    let opened = 0
    const { run } = openQueues({
      kind: 'redis',
      prefix: '{brittle}',
      connect: (use) => {
        const isFirst = opened++ === 0
        const connection = redisConnection(isFirst ? way.url : (redis as TestRedis).url, use)
        closing.push(connection.hangUp)
        let tries = 0
        if (isFirst) (connection as unknown as Redis).on('reconnecting', () => ++tries === 2 && way.mend())
        return connection
      },
    })
    const job = await until(() => run.add('run', {}).catch(() => undefined), 'a job is taken', 10)
    expect(job.name).toBe('run')
  })
})
