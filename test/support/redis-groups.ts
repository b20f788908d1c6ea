import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { until } from './until.ts'

/** Several real servers that stand in for each other. */
export interface RedisGroup {
  readonly url: string
  /** Kills the server that holds our queues, and returns when another has taken its place. */
  readonly failOver: () => Promise<void>
  readonly close: () => Promise<void>
}

interface Node {
  readonly port: number
  readonly process: ChildProcess
  readonly client: Redis
}

/** Where it is not, the tests that need it say loudly what they leave out. */
export function hasRedisServer(what: string): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    process.stderr.write(`\n*** NOT TESTED: ${what}: redis-server is not on PATH ***\n`)
    return false
  }
}

/** One server; the one that takes its place knows nothing. */
export async function startSingle(): Promise<RedisGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-redis-'))
  const first = await startNode(folder)
  const nodes = [first]
  return {
    url: `redis://127.0.0.1:${first.port}`,
    failOver: async () => {
      await kill(first)
      nodes.push(await startNode(folder, { port: String(first.port) }))
    },
    close: () => closeAll(nodes, folder),
  }
}

/** Three masters, each with a replica. */
export async function startCluster(): Promise<RedisGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-redis-'))
  const settings = { 'cluster-enabled': 'yes', 'cluster-node-timeout': '1000', 'cluster-require-full-coverage': 'no' }
  const nodes = await Promise.all(Array.from({ length: 6 }, () => startNode(folder, settings)))
  await joinCluster(nodes)
  const slot = Number(await nodes[0]?.client.cluster('KEYSLOT', '{bursar}'))
  return {
    url: `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join()}`,
    failOver: async () => {
      const before = (await findHolder(nodes, slot)) as Node
      await kill(before)
      await until(async () => (await findHolder(nodes, slot)) !== undefined, 'a replica takes over')
    },
    close: () => closeAll(nodes, folder),
  }
}

/** A cluster of one node, which is reached where it is told to say that it is. */
export async function startLoneCluster() {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-redis-'))
  const node = await startNode(folder, { 'cluster-enabled': 'yes', 'cluster-announce-ip': '127.0.0.1' })
  await node.client.cluster('ADDSLOTS', ...Array.from({ length: SLOTS }, (_, slot) => slot))
  await until(() => says(node, 'INFO', /cluster_state:ok/), 'the cluster is ready')
  return {
    port: node.port,
    reachAt: (port: number) => node.client.config('SET', 'cluster-announce-port', port),
    close: () => closeAll([node], folder),
  }
}

/** One master, two replicas and three sentinels that watch it. */
export async function startSentinels(): Promise<RedisGroup> {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-redis-'))
  const master = await startNode(folder)
  const of = { replicaof: `127.0.0.1 ${master.port}` }
  const replicas = await Promise.all([startNode(folder, of), startNode(folder, of)])
  await until(async () => /connected_slaves:2/.test(await master.client.info('replication')), 'the replicas follow')
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startSentinel(folder, master.port)))
  const { client } = sentinels[0] as Node
  const ready = /status=ok.*slaves=2,sentinels=3/
  await until(async () => ready.test(await client.info('sentinel')), 'the sentinels know each other')
  const masterPort = async () => {
    const [, port] = (await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')) as string[]
    return Number(port)
  }
  return {
    url: `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join()}/main`,
    failOver: async () => {
      const before = await masterPort()
      await kill([master, ...replicas].find(({ port }) => port === before) as Node)
      await until(async () => (await masterPort()) !== before, 'the sentinels promote a replica')
    },
    close: () => closeAll([master, ...replicas, ...sentinels], folder),
  }
}

async function joinCluster(nodes: readonly Node[]): Promise<void> {
  const [masters, replicas] = [nodes.slice(0, 3), nodes.slice(3)]
  for (const { client } of nodes.slice(1)) await client.cluster('MEET', '127.0.0.1', nodes[0]?.port ?? 0)
  const share = Math.ceil(SLOTS / masters.length)
  for (const [index, { client }] of masters.entries()) {
    const slots = Array.from({ length: share }, (_, slot) => index * share + slot).filter((slot) => slot < SLOTS)
    await client.cluster('ADDSLOTS', ...slots)
  }
  for (const node of nodes) await until(() => says(node, 'INFO', /known_nodes:6/), 'the nodes know each other')
  for (const [index, { client }] of replicas.entries()) {
    const id = String(await masters[index]?.client.cluster('MYID'))
    await until(() => succeeds(client.cluster('REPLICATE', id)), 'a replica follows its master')
  }
  for (const node of nodes) {
    await until(() => says(node, 'INFO', /cluster_state:ok/), 'the cluster is ready')
    await until(() => says(node, 'NODES', /(slave.*){3}/s), 'a node knows the replicas')
  }
  for (const { client } of replicas)
    await until(async () => /link_status:up/.test(await client.info('replication')), 'a replica is in step')
}

const SLOTS = 16_384

const says = async ({ client }: Node, what: 'INFO' | 'NODES', words: RegExp): Promise<boolean> =>
  words.test(String(await (what === 'INFO' ? client.cluster('INFO') : client.cluster('NODES'))))

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

/** The living master of a slot, as a living node sees it. */
async function findHolder(nodes: readonly Node[], slot: number): Promise<Node | undefined> {
  const list = String(await nodes.find(isUp)?.client.cluster('NODES')).split('\n')
  const line = list.find((one) => /master/.test(one) && !/fail/.test(one) && hasSlot(one, slot))
  const port = Number(/ 127\.0\.0\.1:(\d+)/.exec(line ?? '')?.[1])
  return nodes.find((node) => node.port === port && isUp(node))
}

function hasSlot(line: string, slot: number): boolean {
  const ranges = line
    .split(' ')
    .slice(8)
    .map((range) => range.split('-').map(Number))
  return ranges.some(([from = -1, to = from]) => from <= slot && slot <= to)
}

async function startSentinel(folder: string, masterPort: number): Promise<Node> {
  const port = await freePort()
  const file = join(folder, `sentinel-${port}.conf`)
  const lines = [
    `port ${port}`,
    `dir ${folder}`,
    `sentinel monitor main 127.0.0.1 ${masterPort} 2`,
    'sentinel down-after-milliseconds main 1000',
    'sentinel failover-timeout main 3000',
  ]
  await writeFile(file, `${lines.join('\n')}\n`)
  return launch(port, [file, '--sentinel'])
}

async function startNode(folder: string, settings: Readonly<Record<string, string>> = {}): Promise<Node> {
  const port = Number(settings.port ?? (await freePort()))
  const all = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    dbfilename: `dump-${port}.rdb`,
    'cluster-config-file': `nodes-${port}.conf`,
    'repl-diskless-sync-delay': '0',
    ...settings,
  }
  const options = Object.entries(all).flatMap(([name, value]) => [`--${name}`, ...(value ? value.split(' ') : [''])])
  return launch(port, options)
}

async function launch(port: number, options: readonly string[]): Promise<Node> {
  const process = spawn('redis-server', options, { stdio: 'ignore' })
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => {})
  const ended = once(process, 'exit').then(() => Promise.reject(new Error(`no redis-server on port ${port}`)))
  ended.catch(() => client.disconnect()) // of interest only until it has answered
  await Promise.race([client.ping(), ended])
  return { port, process, client }
}

/** Below the ports that go out, as is the bus of a cluster, ten thousand above. */
async function freePort(): Promise<number> {
  const port = 11_000 + Math.floor(Math.random() * 10_000)
  return (await isFree(port)) && (await isFree(port + 10_000)) ? port : freePort()
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((done) => {
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

const isUp = ({ process }: Node): boolean => process.exitCode === null && process.signalCode === null

async function kill({ client, process }: Node): Promise<void> {
  client.disconnect()
  process.kill('SIGKILL')
  await once(process, 'exit')
}

async function closeAll(nodes: readonly Node[], folder: string): Promise<void> {
  for (const node of nodes.filter(isUp)) await kill(node)
  await rm(folder, { recursive: true, force: true })
}
