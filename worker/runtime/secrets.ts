import { randomBytes, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Config, ConfigError, missingSecret } from '../config/config.ts'

const KEPT = {
  /** Opens the admin surface. */
  ADMIN_TOKEN: { setting: 'adminToken', file: 'admin-token' },
  /** Signs unsubscribe links, file links and sessions. */
  SECRET: { setting: 'secret', file: 'secret' },
} as const

export interface MadeSecret {
  readonly name: string
  readonly value: string
  readonly file: string
}

/**
 * A secret of the installation. Beside an embedded database it is made on the first start and kept in the home folder
 * (mode 0600); with `DATABASE_URL` several machines have to agree on it, so the environment must name it (ConfigError).
 */
export async function openSecret(
  config: Config,
  name: keyof typeof KEPT,
  onMade: (made: MadeSecret) => void,
): Promise<string> {
  const { setting, file } = KEPT[name]
  const given = config[setting]
  if (given !== undefined) return given
  if (config.databaseUrl !== undefined) throw new ConfigError([missingSecret(name)])
  const path = join(config.home, file)
  const { value, isNew } = await readOrKeep(path, () => randomBytes(32).toString('base64url'))
  if (isNew) onMade({ name, value, file: path })
  return value
}

/** What a file holds; where there is none it is made, once however many ask at the same time. */
export async function readOrKeep(path: string, make: () => string): Promise<{ value: string; isNew: boolean }> {
  const known = await read(path)
  if (known !== undefined) return { value: known, isNew: false }
  const value = make()
  if (await keep(path, value)) return { value, isNew: true }
  return { value: (await read(path)) ?? value, isNew: false }
}

/** undefined where there is no such file. */
async function read(path: string): Promise<string | undefined> {
  try {
    const text = (await readFile(path, 'utf8')).trim()
    if (text === '') throw new Error(`${path} is empty: delete it, and a new one is made`)
    return text
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** False where another process that started at once has linked its own first. */
async function keep(path: string, value: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, `${value}\n`, { mode: 0o600, flush: true })
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}
