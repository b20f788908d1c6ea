import { type StdioOptions, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { complaints, EmbeddedError } from './error.ts'
import { chooseIdentity, spawnAs } from './identity.ts'
import { findServer } from './lock-file.ts'
import { SETTINGS } from './settings.ts'

/**
 * Starts the server in a session of its own, so that Ctrl-C at one command does not take it from the others.
 * False where it could not start just now: another one was first, or a dead one still seems to hold its place.
 * Throws EmbeddedError where trying again is of no use. `port` is the only one wanted, where given.
 */
export async function startServer(cluster: Cluster, port?: number): Promise<boolean> {
  const chosen = port ?? (await lastPort(cluster)) ?? randomPort()
  const log = join(cluster.folder, `log-${randomUUID()}`)
  const end = await untilReady(await launch(cluster, chosen, log), cluster.dataDir)
  if (end) return giveUp(cluster, log, end)
  await rename(log, join(cluster.folder, 'log'))
  await writeFile(join(cluster.folder, 'port'), `${chosen}\n`).catch(() => {}) // it only spares the others a new address
  return true
}

interface Launched {
  readonly pid: number | undefined
  readonly end: Promise<End>
}
interface End {
  readonly signal?: NodeJS.Signals | null
  readonly error?: Error
}

async function launch(cluster: Cluster, port: number, log: string): Promise<Launched> {
  const binaries = await findBinaries()
  const identity = await chooseIdentity(binaries, cluster.folder, cluster.dataDir)
  const settings = Object.entries({ ...SETTINGS, ...cluster.settings }).map(([name, value]) => `--${name}=${value}`)
  const options = ['-D', cluster.dataDir, '-p', String(port), ...settings]
  const { command, args, ids } = spawnAs(identity, binaries.postgres, options)
  const output = await open(log, 'a', 0o600)
  const stdio = ['ignore', output.fd, output.fd] satisfies StdioOptions
  const child = spawn(command, args, { ...ids, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, detached: true, stdio })
  const end = new Promise<End>((resolve) => {
    child.on('exit', (_, signal) => resolve({ signal }))
    child.on('error', (error) => resolve({ error }))
  })
  child.unref()
  await output.close()
  return { pid: child.pid, end }
}

/** undefined once the server is ready, however long its recovery takes; how it ended where it did not get there. */
async function untilReady({ pid, end }: Launched, dataDir: string): Promise<End | undefined> {
  for (;;) {
    const server = await findServer(dataDir)
    if (server?.ready && server.pid === pid) return undefined
    const ended = await Promise.race([end, sleep(10)])
    if (ended) return ended
  }
}

async function giveUp(cluster: Cluster, log: string, { signal, error }: End): Promise<false> {
  const said = error?.message ?? (await readFile(log, 'utf8'))
  await rm(log, { force: true })
  if (PORT_TAKEN.test(said)) await rm(join(cluster.folder, 'port'), { force: true })
  else if (!signal && !TRANSIENT.test(said)) {
    throw new EmbeddedError(`the embedded PostgreSQL does not start: ${explain(said, cluster)}`)
  }
  return false
}

const PORT_TAKEN = /could not create any TCP\/IP sockets/
/** Another one was first, a dead one's memory is still there, or it was up and has been stopped already. */
const TRANSIENT =
  /lock file "[^"]*" (already exists|is empty)|pre-existing shared memory block|ready to accept connections/

async function lastPort({ folder }: Cluster): Promise<number | undefined> {
  const text = await readFile(join(folder, 'port'), 'utf8').catch(() => '')
  return Number(text.trim()) || undefined
}

/** Below the ranges from which systems take ports for outgoing connections, so that it is likely to be free again. */
const randomPort = () => randomInt(15_000, 32_000)

function explain(said: string, { dataDir }: Cluster): string {
  const reason = complaints(said) || said.trim() || 'it said nothing'
  if (/incompatible with server/.test(reason)) {
    return `${dataDir} is of another major version (${reason}); move its data with that version's pg_dump, or set DATABASE_URL`
  }
  if (/No space left on device/.test(reason)) return `the disk that holds ${dataDir} is full (${reason})`
  return `${reason} (data directory ${dataDir})`
}
