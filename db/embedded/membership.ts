import { pid as own } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { isAway } from '../connection/outage.ts'
import { type Cluster, SUPERUSER, sweep } from './cluster.ts'
import { EmbeddedError } from './error.ts'
import { breakLock, findServer, isAlive } from './lock-file.ts'
import { startServer } from './server.ts'

/**
 * One process's share in the running server: a connection that holds a shared advisory lock. A lock goes with its
 * process, however that ends, so who can take it exclusively is the last and stops the server.
 */
export interface Membership {
  readonly port: number
  /** Calls back once when the server goes away under us; not after `leave`. */
  readonly onLost: (callback: () => void) => void
  readonly leave: () => Promise<void>
}

export const DATABASE = 'bursar'

/** Joins the running server, or starts it. `port`: the only one wanted, where given. Throws EmbeddedError. */
export async function join(cluster: Cluster, port?: number): Promise<Membership> {
  let [starts, empty] = [0, 0]
  for (let attempt = 0; attempt < 12_000; attempt++) {
    const server = await findServer(cluster.dataDir)
    if (server?.ready && server.port) {
      const membership = await enter(cluster, server.port)
      if (membership) return membership
    } else if (server && !server.pid && ++empty > 40) {
      await breakLock(cluster.dataDir, server.text) // its writer was killed before it wrote a word
    } else if (!server && !(await startServer(cluster, port)) && ++starts > 300) break
    await sleep(50)
  }
  throw new EmbeddedError(`the embedded PostgreSQL in ${cluster.dataDir} does not come up; see ${cluster.folder}/log`)
}

const LOCK = 5_219_846
const APPLICATION = 'bursar member '

async function enter(cluster: Cluster, port: number): Promise<Membership | undefined> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password: cluster.password,
    database: 'postgres',
    application_name: APPLICATION + own,
    keepAlive: true,
  })
  client.on('error', () => {}) // 'end' follows
  try {
    await client.connect()
    await client.query('select pg_advisory_lock_shared($1)', [LOCK])
    await createDatabase(client)
  } catch (error) {
    await client.end().catch(() => {})
    if (isAway(error)) return undefined
    throw new EmbeddedError(`the embedded PostgreSQL on port ${port} cannot be used: ${(error as Error).message}`, {
      cause: error,
    })
  }
  await sweep(cluster)
  return membershipOf(client, cluster, port)
}

async function createDatabase(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
  if (rowCount) return
  await client.query(`create database ${DATABASE}`).catch((error: { code?: string }) => {
    if (error.code !== '42P04' && error.code !== '23505') throw error // another process made it meanwhile
  })
}

function membershipOf(client: pg.Client, cluster: Cluster, port: number): Membership {
  let leaving = false
  return {
    port,
    onLost: (callback) => client.once('end', () => leaving || callback()),
    leave: async () => {
      leaving = true
      const last = await isLast(client).catch(() => undefined)
      if (last) await stopServer(client, last, cluster)
      await client.end().catch(() => {})
    },
  }
}

/** The server's process id where nobody else is left; then nobody can join any more either. */
async function isLast(client: pg.Client): Promise<number | undefined> {
  await client.query('select pg_advisory_unlock_shared($1)', [LOCK])
  for (let attempt = 0; attempt < 100; attempt++) {
    const { rows } = await client.query<{ alone: boolean; pid: string }>(
      `select pg_try_advisory_lock($1) as alone, split_part(pg_read_file('postmaster.pid'), e'\\n', 1) as pid`,
      [LOCK],
    )
    if (rows[0]?.alone) return Number(rows[0].pid)
    if (await somebodyLives(client)) return undefined
    await sleep(20)
  }
  return undefined
}

/** False while only the killed hold on: the server has not yet noticed, and their locks are about to go. */
async function somebodyLives(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ application_name: string }>(
    `select application_name from pg_locks join pg_stat_activity using (pid)
     where locktype = 'advisory' and classid = 0 and objid = $1 and pid <> pg_backend_pid()`,
    [LOCK],
  )
  const alive = await Promise.all(rows.map((row) => isAlive(Number(row.application_name.slice(APPLICATION.length)))))
  return alive.includes(true)
}

/** Fast shutdown: open transactions are rolled back, everything is written. Returns when the process is gone. */
async function stopServer(client: pg.Client, pid: number, { dataDir }: Cluster): Promise<void> {
  process.kill(pid, 'SIGINT')
  await client.end().catch(() => {})
  while ((await findServer(dataDir))?.pid === pid) await sleep(10)
  while (await isAlive(pid)) await sleep(10)
}
