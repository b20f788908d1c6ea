import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { until } from './until.ts'

export interface TestRedis {
  readonly url: string
  /** Everything in it is gone. */
  readonly wipe: () => Promise<void>
  /** Nobody answers at its address, until `comeBack`. */
  readonly goAway: () => Promise<void>
  readonly comeBack: () => Promise<void>
  readonly close: () => Promise<void>
}

/** The Redis of TEST_REDIS_URL, else a `redis-server` of the test's own; undefined, and said aloud, where there is neither. */
export async function openRedis(): Promise<TestRedis | undefined> {
  const given = process.env.TEST_REDIS_URL
  if (!given && !onPath('redis-server')) {
    console.warn('\n*** NOT TESTED ON REDIS: neither redis-server on PATH nor TEST_REDIS_URL ***\n')
    return undefined
  }
  const server = given ? { url: new URL(given), close: async () => {} } : await startServer()
  const door = await openDoor(Number(server.url.port || 6379), server.url.hostname)
  const url = new URL(server.url)
  url.host = `127.0.0.1:${door.port}`
  const client = new Redis(server.url.href)
  return {
    url: url.href,
    wipe: async () => void (await client.flushall()),
    goAway: door.shut,
    comeBack: door.open,
    close: async () => {
      client.disconnect()
      await door.shut()
      await server.close()
    },
  }
}

const onPath = (name: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))

export async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-redis-'))
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
  const child: ChildProcess = spawn('redis-server', args, { stdio: 'ignore' })
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {})
  await until(() => client.ping().catch(() => undefined), 'redis-server answers')
  client.disconnect()
  const close = async () => {
    const gone = once(child, 'exit')
    child.kill()
    await gone
    await rm(folder, { recursive: true, force: true })
  }
  return { url: new URL(`redis://127.0.0.1:${port}`), close }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A door before a server, which can be shut in the faces of all who are talking through it. */
export async function openDoor(target: number, host: string) {
  const sockets = new Set<Socket>()
  const listen = async (port: number): Promise<Server> => {
    const server = createServer((near) => {
      const far = connect(target, host)
      for (const socket of [near, far]) {
        sockets.add(socket)
        socket
          .on('error', () => {})
          .on('close', () => {
            sockets.delete(socket)
            near.destroy()
            far.destroy()
          })
      }
      near.pipe(far).pipe(near)
    }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server: Server | undefined = await listen(0)
  const { port } = server.address() as AddressInfo
  return {
    port,
    open: async () => {
      server ??= await listen(port)
    },
    shut: async () => {
      const closing = server
      server = undefined
      for (const socket of sockets) socket.destroy()
      if (!closing) return
      closing.close()
      await once(closing, 'close')
    },
  }
}
