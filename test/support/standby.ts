import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findBinaries } from '../../db/embedded/binaries.ts'
import { chooseIdentity, spawnAs } from '../../db/embedded/identity.ts'
import { openEmbedded } from '../../db/embedded/open.ts'
import { SETTINGS } from '../../db/embedded/settings.ts'
import { until } from './until.ts'

export interface Replicated {
  readonly primaryUrl: string
  readonly replicaUrl: string
  /** Replay waits, so that the standby falls behind while it goes on answering. */
  readonly pauseReplay: () => Promise<void>
  readonly resumeReplay: () => Promise<void>
  /** Ends the standby as a power cut would. */
  readonly killReplica: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A primary and a hot standby that streams from it: the embedded server, copied while it runs and started beside it. */
export async function openReplicated(): Promise<Replicated> {
  const parent = await mkdtemp(join(tmpdir(), 'bursar-standby-'))
  await chmod(parent, 0o711)
  const primary = await openEmbedded(join(parent, 'home'), { wal_level: 'replica', max_wal_senders: '4' })
  const folder = join(parent, 'standby')
  await copyRunning(primary.url, join(parent, 'home', 'postgres', 'data'), folder)
  const port = await freePort()
  const server = await startStandby(parent, folder, port)
  const replica = new URL(primary.url)
  replica.port = String(port)
  await until(() => answers(replica.href), 'the standby answers')
  const killReplica = async () => {
    const pid = Number.parseInt(await readFile(join(folder, 'postmaster.pid'), 'utf8'), 10)
    process.kill(pid, 'SIGQUIT')
    if (server.exitCode === null) await once(server, 'exit')
  }
  const close = async () => {
    if (server.exitCode === null) await killReplica()
    await primary.close()
    await rm(parent, { recursive: true, force: true, maxRetries: 5 })
  }
  return {
    primaryUrl: primary.url,
    replicaUrl: replica.href,
    pauseReplay: () => ask(replica.href, 'select pg_wal_replay_pause()').then(() => undefined),
    resumeReplay: () => ask(replica.href, 'select pg_wal_replay_resume()').then(() => undefined),
    killReplica,
    close,
  }
}

/** What pg_basebackup does, which the embedded package leaves out: a copy between two marks in the log. */
async function copyRunning(url: string, from: string, to: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`select pg_backup_start('standby', true)`)
  await promisify(execFile)('cp', ['-a', from, to])
  const { rows } = await client.query('select labelfile from pg_backup_stop(false)')
  await client.end()
  await rm(join(to, 'postmaster.pid'))
  const { hostname: host, port, username, password } = new URL(url)
  const source = `host=${host} port=${port} user=${username} password=${password}`
  const files = {
    backup_label: rows[0].labelfile,
    'standby.signal': '',
    'postgresql.auto.conf': `primary_conninfo = '${source}'\n`,
  }
  const { uid, gid } = await stat(to)
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(to, name), text)
    await chown(join(to, name), uid, gid)
  }
}

async function startStandby(parent: string, folder: string, port: number): Promise<ChildProcess> {
  const binaries = await findBinaries()
  const identity = await chooseIdentity(binaries, parent, folder)
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    // no less than the primary's, or it takes no questions
    max_connections: SETTINGS.max_connections as string,
    max_locks_per_transaction: SETTINGS.max_locks_per_transaction as string,
    max_wal_senders: '4',
    hot_standby: 'on',
    wal_retrieve_retry_interval: '200ms',
    dynamic_shared_memory_type: 'mmap',
  }
  const options = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const { command, args, ids } = spawnAs(identity, binaries.postgres, ['-D', folder, '-p', String(port), ...options])
  return spawn(command, args, { ...ids, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, stdio: 'ignore' })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

const answers = (url: string): Promise<boolean> =>
  ask(url, 'select 1').then(
    () => true,
    () => false,
  )

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
