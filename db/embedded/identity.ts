import { execFile, spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { getuid } from 'node:process'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { EmbeddedError } from './error.ts'

/** Who the server runs as, and what has to stand before its command line. PostgreSQL refuses to run as root. */
export interface Identity {
  readonly uid?: number
  readonly gid?: number
  readonly prefix: readonly string[]
}

/**
 * Ourselves, unless we are root: then the owner of the data directory, else `postgres`, else `nobody`. Where that user
 * cannot enter the folders above (a home below /root), it keeps the one capability that lets it pass through them.
 */
export async function chooseIdentity(binaries: Binaries, folder: string, dataDir: string): Promise<Identity> {
  if (getuid?.() !== 0) return { prefix: [] }
  const user = (await findOwner(dataDir)) ?? (await findUser('postgres')) ?? (await findUser('nobody'))
  if (!user)
    throw new EmbeddedError(
      'PostgreSQL refuses to run as root and there is neither a user postgres nor nobody: run Bursar as another user or set DATABASE_URL',
    )
  for (const identity of [{ ...user, prefix: [] }, passing(user, 'dac_read_search'), passing(user, 'dac_override')]) {
    if (await canReach(identity, binaries, folder)) return identity
  }
  throw new EmbeddedError(
    `PostgreSQL refuses to run as root, and user ${user.uid} cannot reach ${folder} or ${binaries.postgres}: run Bursar as another user, move both below folders that others may enter, or set DATABASE_URL`,
  )
}

/** uid and gid to spawn with; with a prefix, the prefix changes them itself. */
export function spawnAs({ uid, gid, prefix }: Identity, command: string, args: readonly string[]) {
  const [first = command, ...rest] = [...prefix, command]
  const ids = uid === undefined || gid === undefined || prefix.length > 0 ? {} : { uid, gid }
  return { command: first, args: [...rest, ...args], ids }
}

interface User {
  readonly uid: number
  readonly gid: number
}

async function findOwner(path: string): Promise<User | undefined> {
  const { uid, gid } = await stat(path).catch(() => ({ uid: 0, gid: 0 }))
  return uid === 0 ? undefined : { uid, gid }
}

async function findUser(name: string): Promise<User | undefined> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout)
  try {
    return { uid: await id('-u'), gid: await id('-g') }
  } catch {
    return undefined
  }
}

function passing({ uid, gid }: User, capability: string): Identity {
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  // PostgreSQL asks access(2) about its own programs, which forgets capabilities unless this bit is set.
  const capabilities = [
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    '--securebits=+no_setuid_fixup',
  ]
  return { uid, gid, prefix: ['setpriv', ...ids, ...capabilities] }
}

function canReach(identity: Identity, { postgres }: Binaries, folder: string): Promise<boolean> {
  const { command, args, ids } = spawnAs(identity, '/bin/sh', [
    '-c',
    'cd "$1" && "$2" --version',
    'sh',
    folder,
    postgres,
  ])
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...ids, cwd: '/', stdio: 'ignore' })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
}
