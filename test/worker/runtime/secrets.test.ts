import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../../worker/config/config.ts'
import { type MadeSecret, openSecret } from '../../../worker/runtime/secrets.ts'

let folder: string
let made: MadeSecret[]
const onMade = (secret: MadeSecret) => made.push(secret)

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bursar-secrets-'))
  made = []
})
afterEach(() => rm(folder, { recursive: true }))

test('made on the first start, kept for its owner alone, told once', async () => {
  const config = readConfig({ BURSAR_HOME: join(folder, 'home') })
  const value = await openSecret(config, 'ADMIN_TOKEN', onMade)
  const file = join(folder, 'home', 'admin-token')
  expect(Buffer.from(value, 'base64url')).toHaveLength(32)
  expect(await readFile(file, 'utf8')).toBe(`${value}\n`)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await openSecret(config, 'ADMIN_TOKEN', onMade)).toBe(value)
  expect(made).toEqual([{ name: 'ADMIN_TOKEN', value, file }])
})

test('eight first starts at once agree on one', async () => {
  const config = readConfig({ BURSAR_HOME: folder })
  const values = await Promise.all(Array.from({ length: 8 }, () => openSecret(config, 'SECRET', onMade)))
  expect(new Set(values).size).toBe(1)
  expect(made).toHaveLength(1)
})

test('one that is given is used and not written down', async () => {
  const config = readConfig({ BURSAR_HOME: folder, SECRET: 'given-by-the-operator' })
  expect(await openSecret(config, 'SECRET', onMade)).toBe('given-by-the-operator')
  await expect(stat(join(folder, 'secret'))).rejects.toThrow('ENOENT')
})

test('beside DATABASE_URL it has to be given', async () => {
  const config = readConfig({ BURSAR_HOME: folder, DATABASE_URL: 'postgres://h/d' })
  await expect(openSecret(config, 'SECRET', onMade)).rejects.toThrow(ConfigError)
})

test('an empty file is not taken for a secret', async () => {
  await writeFile(join(folder, 'secret'), '')
  await expect(openSecret(readConfig({ BURSAR_HOME: folder }), 'SECRET', onMade)).rejects.toThrow('is empty')
})
