import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import pino from 'pino'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { whyRefused } from '../../../worker/queue/backend.ts'
import { JOB_NAMES, type JobName, openQueues, startWorkers } from '../../../worker/queue/queue.ts'
import { redisConnection } from '../../../worker/queue/redis.ts'
import { openRedis, startServer, type TestRedis } from '../../support/redis.ts'
import { hasRedisServer, startLoneCluster } from '../../support/redis-groups.ts'
import { until } from '../../support/until.ts'

const redis = await openRedis()

/** A way to Redis that breaks, once, where a connection asks INFO for the second time, BullMQ's own; `mend` opens it again. */
async function openBrittleWay(target: number, host: string) {
  const sockets = new Set<Socket>()
  let broken = false
  const cut = () => {
    broken = true
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((near) => {
    const far = connect(target, host)
    let asked = 0
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.on('error', () => {}).on('close', () => near.destroy() && far.destroy() && sockets.delete(socket))
    }
    far.pipe(near)
    near.on('data', (bytes) => {
      if (!broken && isInfo(bytes) && ++asked === 2) return cut()
      return far.write(bytes)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const mend = () => void server.listen(port, '127.0.0.1')
  return { port, isBroken: () => broken, cut, mend, close: () => server.close() }
}

/** Not `CLUSTER INFO`. */
const isInfo = (bytes: Buffer): boolean => /\*1\r\n\$4\r\ninfo\r/i.test(bytes.toString())

type Way = Awaited<ReturnType<typeof openBrittleWay>>

async function wayToSingle(closing: (() => unknown)[]) {
  const { hostname, port } = new URL((redis as TestRedis).url)
  const way = await openBrittleWay(Number(port), hostname)
  closing.push(way.close)
  return { way, url: `redis://127.0.0.1:${way.port}` }
}

async function wayToCluster(closing: (() => unknown)[]) {
  const cluster = await startLoneCluster()
  const way = await openBrittleWay(cluster.port, '127.0.0.1')
  await cluster.reachAt(way.port)
  closing.push(cluster.close, way.close)
  return { way, url: `redis+cluster://127.0.0.1:${way.port}` }
}

const WAYS = [
  ['Redis', redis !== undefined, wayToSingle],
  ['Redis Cluster', hasRedisServer('Redis Cluster'), wayToCluster],
] as const

afterAll(() => redis?.close())

for (const [name, isThere, openWay] of WAYS)
  describe.runIf(isThere)(`${name} lost in the middle of the opening`, () => {
    let closing: (() => unknown)[]
    let way: Way
    let url: string
    beforeEach(async () => {
      closing = []
      const opened = await openWay(closing)
      way = opened.way
      url = opened.url
    })
    afterEach(async () => {
      for (const close of closing.reverse()) await close()
    })

    /** Through the brittle way, which is mended when its users have looked for it a while. */
    const storeFor = (prefix: string) => {
      let tries = 0
      return {
        kind: 'redis',
        prefix,
        connect: () => {
          const connection = redisConnection(url)
          closing.push(connection.hangUp)
          const client = connection as unknown as Redis
          client.on('reconnecting', () => way.isBroken() && ++tries === 6 && way.mend())
          return connection
        },
      } as const
    }

    it('queues take jobs when it is back, fail at once while it is away again, and take them again', async () => {
      const queues = openQueues(storeFor('{brittle}'))
      for (const name of JOB_NAMES) {
        const job = await until(() => queues[name].add(name, {}).catch(() => undefined), `${name}: a job is taken`, 20)
        expect(job.name).toBe(name)
      }
      expect(way.isBroken()).toBe(true)
      way.cut()
      const add = () => queues.run.add('run', {})
      const refused = () =>
        add().then(
          () => undefined,
          ({ message }: Error) => message,
        )
      await until(refused, 'a job is refused')
      way.mend()
      await until(() => add().catch(() => undefined), 'a job is taken again', 20)
    }, 60_000)

    it('workers take jobs when it is back', async () => {
      const done: string[] = []
      const handler = (name: JobName) => async () => void done.push(name)
      const handlers = { run: handler('run'), render: handler('render'), deliver: handler('deliver') }
      const log = pino({ level: 'silent' })
      const store = storeFor('{brittle-work}')
      const workers = startWorkers(store, handlers, { concurrency: 1, mailRate: 9, log })
      closing.push(workers.close)
      await until(way.isBroken, 'the way breaks')
      const queues = openQueues(store)
      for (const name of JOB_NAMES)
        await until(() => queues[name].add(name, {}).catch(() => undefined), `${name}: a job is taken`, 20)
      await until(() => done.length === JOB_NAMES.length, 'the jobs are done', 20)
    }, 60_000)
  })

it.runIf(hasRedisServer('A full Redis'))(
  'a Redis that is full answers questions, takes no jobs and is not ready',
  async () => {
    const { url, close } = await startServer()
    const connections: ReturnType<typeof redisConnection>[] = []
    const connect = () => {
      const connection = redisConnection(url.href)
      connections.push(connection)
      return connection
    }
    const queues = openQueues({ kind: 'redis', prefix: '{full}', connect })
    expect(await whyRefused(queues.run)).toBeUndefined()
    const admin = new Redis(url.href)
    await admin.config('SET', 'maxmemory', '1')
    expect((await whyRefused(queues.run))?.message).toMatch(/OOM command not allowed/)
    await admin.config('SET', 'maxmemory', '0')
    expect(await whyRefused(queues.run)).toBeUndefined()
    admin.disconnect()
    for (const queue of Object.values(queues)) await queue.close()
    for (const connection of connections) connection.hangUp()
    await close()
  },
)
