import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { access, chmod, chown, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Binaries, findBinaries } from './binaries.ts'
import { complaints, EmbeddedError } from './error.ts'
import { chooseIdentity, type Identity, spawnAs } from './identity.ts'

/** One data directory and what is needed to use the server on it. */
export interface Cluster {
  /** `$BURSAR_HOME/postgres`: data/, log, port */
  readonly folder: string
  readonly dataDir: string
  readonly password: string
  readonly settings: Readonly<Record<string, string>>
}

export const SUPERUSER = 'bursar'

/** Finds the data directory below `home`, or makes it. Throws EmbeddedError. */
export async function openCluster(home: string, settings: Readonly<Record<string, string>>): Promise<Cluster> {
  const folder = resolve(home, 'postgres')
  const dataDir = join(folder, 'data')
  await makeFolder(folder)
  if (!(await exists(dataDir))) await initialise(folder, dataDir)
  return { folder, dataDir, settings, password: await readPassword(dataDir) }
}

/** What a killed first start left behind. Only to be called while a server runs: then nobody needs it any more. */
export async function sweep({ folder }: Cluster): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(INIT))
  await Promise.all(left.map((name) => rm(join(folder, name), { recursive: true, force: true }).catch(() => {})))
}

const INIT = 'init-'
const PASSWORD = 'bursar-password'

/** initdb beside its place, then one rename: a kill leaves no half-made directory, and of two first starts one wins. */
async function initialise(folder: string, dataDir: string): Promise<void> {
  const binaries = await findBinaries()
  const identity = await chooseIdentity(binaries, folder, dataDir)
  const draft = await mkdtemp(join(folder, INIT))
  try {
    const pwfile = join(draft, PASSWORD)
    await writeFile(pwfile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flush: true })
    for (const path of [draft, pwfile]) await giveTo(identity, path)
    await runInitdb(binaries, identity, join(draft, 'data'), pwfile)
    await rename(pwfile, join(draft, 'data', PASSWORD))
    await rename(join(draft, 'data'), dataDir)
  } catch (error) {
    if (!(await exists(dataDir))) throw error // otherwise another process was first, and its directory is as good
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function runInitdb(binaries: Binaries, identity: Identity, dataDir: string, pwfile: string): Promise<void> {
  const options = [`--pgdata=${dataDir}`, `--username=${SUPERUSER}`, '--auth=scram-sha-256', `--pwfile=${pwfile}`]
  // The same order of texts on every machine, and by code point, as production is told to sort.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const { command, args, ids } = spawnAs(identity, binaries.initdb, [
    ...options,
    ...locale,
    '--set=dynamic_shared_memory_type=mmap',
    '--no-instructions',
  ])
  try {
    await promisify(execFile)(command, args, { ...ids, cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' } })
  } catch (cause) {
    throw new EmbeddedError(`PostgreSQL's data directory could not be made: ${reasonOf(cause)} (in ${dataDir})`, {
      cause,
    })
  }
}

function reasonOf(cause: unknown): string {
  const { stderr = '', message } = cause as { stderr?: string; message: string }
  return complaints(stderr) || message
}

async function readPassword(dataDir: string): Promise<string> {
  const path = join(dataDir, PASSWORD)
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (cause) {
    throw new EmbeddedError(`cannot read the embedded PostgreSQL's password in ${path}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    const home = dirname(folder)
    // Others may pass through, for as root the server is another user; what is secret in there is 0600 by itself.
    if (await mkdir(home, { recursive: true })) await chmod(home, 0o755)
    if (await mkdir(folder, { recursive: true })) await chmod(folder, 0o711)
  } catch (cause) {
    throw new EmbeddedError(`cannot make ${folder}: ${(cause as Error).message}`, { cause })
  }
}

async function giveTo({ uid, gid }: Identity, path: string): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid)
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
