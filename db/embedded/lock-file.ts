import { execFile } from 'node:child_process'
import { link, readFile, readlink, realpath, rename, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { pid as own, platform } from 'node:process'
import { promisify } from 'node:util'

/** What postmaster.pid says of the server that runs on a data directory. */
interface RunningServer {
  /** undefined while the server has not yet written who it is. */
  readonly pid?: number
  readonly port?: number
  readonly ready: boolean
  readonly text: string
}

/** The server that runs on this data directory; undefined where there is none, or where one may be started. */
export async function findServer(dataDir: string): Promise<RunningServer | undefined> {
  const text = await readFile(join(dataDir, LOCK_FILE), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const [first, , , fourth, , , , status] = text.split('\n')
  if (!first) return { ready: false, text }
  const server = { pid: Number(first), port: Number(fourth), ready: status?.trim() === 'ready', text }
  const state = await stateOf(server.pid, dataDir)
  if (state === 'ours') return server
  if (state === 'other') await breakLock(dataDir, text)
  return undefined
}

/**
 * Removes the lock file of a dead server: PostgreSQL takes a zombie, and any process or thread that got the number
 * since, for its owner and would refuse to start for ever. Moved away first and put back where it is not the one that
 * was looked at; a server that starts in between is stopped by PostgreSQL's second lock, the shared memory segment.
 */
export async function breakLock(dataDir: string, text: string): Promise<void> {
  const path = join(dataDir, LOCK_FILE)
  const aside = `${path}.${own}`
  try {
    await rename(path, aside)
    if ((await readFile(aside, 'utf8')) !== text) await link(aside, path)
    await unlink(aside)
  } catch {
    // somebody else was faster
  }
}

/** True as long as the process lives; a zombie, which only waits for its parent, does not. */
export async function isAlive(pid: number): Promise<boolean> {
  return signalled(pid) && !(await describe(pid))?.zombie
}

const LOCK_FILE = 'postmaster.pid'

async function stateOf(pid: number, dataDir: string): Promise<'gone' | 'ours' | 'other'> {
  if (!signalled(pid)) return 'gone'
  const process = await describe(pid)
  if (!process) return signalled(pid) ? 'ours' : 'gone'
  if (process.zombie || process.name !== 'postgres') return 'other'
  if (process.folder && process.folder !== (await realpath(dataDir))) return 'other'
  return 'ours'
}

function signalled(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Process {
  readonly name: string
  readonly zombie: boolean
  readonly folder?: string | undefined
}

/** undefined where the system does not say. */
async function describe(pid: number): Promise<Process | undefined> {
  try {
    return platform === 'linux' ? await describeFromProc(pid) : await describeFromPs(pid)
  } catch {
    return undefined
  }
}

async function describeFromProc(pid: number): Promise<Process> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
  const [, name = '', state] = /^\d+ \((.*)\) (\S)/s.exec(stat) ?? []
  return {
    name,
    zombie: state === 'Z' || state === 'X',
    folder: await readlink(`/proc/${pid}/cwd`).catch(() => undefined),
  }
}

async function describeFromPs(pid: number): Promise<Process> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=,comm=', '-p', String(pid)])
  const [, state = '', command = ''] = /^\s*(\S+)\s+(.*)$/m.exec(stdout) ?? []
  return { name: command.split('/').at(-1)?.split(':')[0] ?? '', zombie: state.startsWith('Z') }
}
