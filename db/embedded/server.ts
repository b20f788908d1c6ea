import { spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { EmbeddedError } from './error.ts'
import { spawnAs } from './identity.ts'
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
  const running = await launch(cluster, chosen, log)
  if (running) {
    await rename(log, join(cluster.folder, 'log'))
    await writeFile(join(cluster.folder, 'port'), `${chosen}\n`)
    return true
  }
  const said = await readFile(log, 'utf8').catch(() => '')
  await rm(log, { force: true })
  if (PORT_TAKEN.test(said)) await rm(join(cluster.folder, 'port'), { force: true })
  else if (!TRANSIENT.test(said))
    throw new EmbeddedError(`the embedded PostgreSQL does not start: ${explain(said, cluster)}`)
  return false
}

const PORT_TAKEN = /could not create any TCP\/IP sockets/
const TRANSIENT =
  /lock file "[^"]*" (already exists|is empty)|could not (open|create) lock file|pre-existing shared memory block/

/** Runs until it is ready (true) or has ended (false). */
async function launch(cluster: Cluster, port: number, log: string): Promise<boolean> {
  const { binaries, identity, dataDir } = cluster
  const settings = Object.entries({ ...SETTINGS, ...cluster.settings }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const { command, args, ids } = spawnAs(identity, binaries.postgres, ['-D', dataDir, '-p', String(port), ...settings])
  const output = await open(log, 'a', 0o600)
  const stdio = ['ignore', output.fd, output.fd] as const
  const child = spawn(command, args, {
    ...ids,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: [...stdio],
  })
  let ended = false
  child.on('exit', () => {
    ended = true
  })
  child.on('error', (error) => {
    ended = true
    appendFileSync(log, `FATAL:  ${error.message}\n`)
  })
  child.unref()
  await output.close()
  while (!ended) {
    const server = await findServer(dataDir)
    if (server?.ready && server.pid === child.pid) return true
    await sleep(10)
  }
  return false
}

async function lastPort({ folder }: Cluster): Promise<number | undefined> {
  const text = await readFile(join(folder, 'port'), 'utf8').catch(() => '')
  return Number(text.trim()) || undefined
}

/** Below the ranges from which systems take ports for outgoing connections, so that it is likely to be free again. */
const randomPort = () => randomInt(15_000, 32_000)

function explain(said: string, { dataDir }: Cluster): string {
  const lines = said.split('\n').flatMap((line) => /(?:FATAL|PANIC|DETAIL|HINT|error):\s+(.*)/.exec(line)?.[1] ?? [])
  const reason = lines.join(' ') || said.trim() || 'it said nothing'
  if (/incompatible with server/.test(reason)) {
    return `${dataDir} is of another major version (${reason}) Move its data with that version's pg_dump, or set DATABASE_URL`
  }
  if (/No space left on device/.test(reason)) return `the disk that holds ${dataDir} is full (${reason})`
  return `${reason} (data directory ${dataDir})`
}
