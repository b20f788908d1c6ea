import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, ConfigError } from './config.ts'

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
  if (config.databaseUrl !== undefined) {
    throw new ConfigError([
      `${name}: not set, expected 16 characters or more, the same on every machine (required with DATABASE_URL)`,
    ])
  }
  const path = join(config.home, file)
  const known = await read(path)
  if (known !== undefined) return known
  const value = await make(path)
  if (value === undefined) return (await read(path)) as string
  onMade({ name, value, file: path })
  return value
}

const read = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').then(
    (text) => text.trim() || undefined,
    () => undefined,
  )

/** Two processes may start at once: whoever links its file first has made the secret. */
async function make(path: string): Promise<string | undefined> {
  await mkdir(join(path, '..'), { recursive: true })
  const value = randomBytes(32).toString('base64url')
  const draft = `${path}.${process.pid}`
  await writeFile(draft, `${value}\n`, { mode: 0o600 })
  const made = await link(draft, path).then(
    () => true,
    () => false,
  )
  await rm(draft, { force: true })
  return made ? value : undefined
}
