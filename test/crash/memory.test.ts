import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type Installation, openInstallation } from './installation.ts'
import { hashesOf, tallyOf } from './tally.ts'
import { watch } from './watch.ts'

const PARTNERS = 60
const GLUTTON = fileURLToPath(new URL('glutton.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))
let database: TestDatabase
let installation: Installation
let home: string
beforeEach(async () => {
  database = await freshDatabase()
  installation = await openInstallation(database, { partners: PARTNERS, mailRate: 20 })
  home = await mkdtemp(join(tmpdir(), 'bursar-memory-'))
})
afterEach(async () => {
  await installation.close()
  await database.close()
  await rm(home, { recursive: true, force: true })
})

/** A worker with a small heap, which it can be told to use up. */
function startSmall() {
  const { PATH = '', HOME = '' } = process.env
  const { sink } = installation
  const secret = 'a-secret-of-the-crash-tests'
  const roles = { ROLES: 'scheduler,worker', MAIL_RATE: '20', LOG_LEVEL: 'warn', PORT: '0' }
  const places = {
    DATABASE_URL: database.url,
    SMTP_URL: sink.url,
    BURSAR_HOME: home,
    STORAGE_URL: `file:${home}/files`,
  }
  const env = { PATH, HOME, ADMIN_TOKEN: secret, SECRET: secret, ...roles, ...places }
  const args = ['--max-old-space-size=192', '--import', GLUTTON, MAIN, 'start']
  return spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
}

it('out of memory in the middle, a worker ends, and the next one finishes what it had begun', async () => {
  const { db, sink } = installation
  const run = await installation.openRun()
  const small = startSmall()
  let said = ''
  small.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  await watch(
    () => sink.mails.length >= 10,
    () => `ten mails are on their way; ${said}`,
    60,
  )
  small.kill('SIGUSR2')
  await once(small, 'exit')
  expect(said).toMatch(/heap out of memory/)
  expect(await installation.isOver(run)).toBe(false)
  const next = startSmall()
  expect((await installation.ended(run)).status).toBe('succeeded')
  next.kill('SIGKILL')
  await once(next, 'exit')
  const { losses, doubled, repeats } = await tallyOf(db, run, sink.mails)
  expect({ losses, doubled }).toEqual({ losses: 0, doubled: 0 })
  expect(repeats).toBeLessThanOrEqual(10)
  expect((await hashesOf(db, run)).size).toBe(PARTNERS)
}, 150_000)
