import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registerWorker } from '../../../db/ledger/workers.ts'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { startMailServer } from '../../support/smtp.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const SECRET = 'a-secret-of-this-test'
const RUN = 'run monthly-summary --period 2026-10'
let database: TestDatabase
let home: string
let server: Awaited<ReturnType<typeof startMailServer>>
beforeEach(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-settings-'))
  server = await startMailServer()
  await insertAccount(database.db)
  const { partner_id } = await insertPartner(database.db)
  await insertCommission(database.db, { partner_id, amount: 1, earned_at: '2026-10-05T12:00:00Z' })
  await insertCommission(database.db, { partner_id, amount: 2, earned_at: '2026-09-05T12:00:00Z' })
})
afterEach(async () => {
  await server.close()
  await rm(home, { recursive: true, force: true })
  await database.close()
})

async function bursar(args: string, env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += String(chunk)
        done()
      },
    })
  const code = await runCommandLine(args.split(' '), {
    env: { DATABASE_URL: database.url, BURSAR_HOME: home, SECRET, ...env },
    stdout: into('out'),
    stderr: into('err'),
    clock: () => NOW,
    stopping: new AbortController().signal,
  })
  return { code, ...said }
}

const withMail = (more: Record<string, string> = {}) => ({ SMTP_URL: server.url, ...more })
const runs = async () =>
  Number((await sql<{ n: string }>`select count(*) as n from runs`.execute(database.db)).rows[0]?.n)
const agreed = async () => (await database.db.selectFrom('installation').selectAll().executeTakeFirst())?.settings
/** Somebody else at work, with what was agreed. */
const live = async () =>
  registerWorker(database.db, {
    id: '11111111-1111-4111-8111-111111111111',
    host: 'web-1',
    pid: 77,
    command: 'start',
    settings: await agreed(),
  })
const mailsInOutbox = async () => (await readdir(join(home, 'outbox')).catch(() => [])).length

test('a shell without SMTP_URL mails nobody of an installation that mails, whether its server is up or down', async () => {
  expect((await bursar(RUN, withMail())).code).toBe(0)
  expect(server.messages).toHaveLength(1)
  for (const isUp of [false, true]) {
    if (isUp) await live()
    const refused = await bursar('run monthly-summary --period 2026-09')
    expect(refused.code).toBe(2)
    expect(refused.err).toContain(`SMTP_URL: here none (mails are written to the outbox); agreed ${server.url}`)
    expect(refused.err).toContain('--as-outbox')
    expect(refused.err.includes('start (process 77 on web-1)')).toBe(isUp)
  }
  expect(await runs()).toBe(1)
  expect(await mailsInOutbox()).toBe(0)
})

test('neither passwords nor secrets are kept or told', async () => {
  const url = server.url.replace('//', '//relay:pass-word@')
  await bursar(`${RUN} --no-mail`, { SMTP_URL: url }) // keeps files only: agrees on no mail
  expect(await agreed()).toEqual({ storage: expect.stringContaining(`file:${home}/files#`) })
  await bursar('retry 11111111-1111-4111-8111-111111111111', { SMTP_URL: url })
  expect(await agreed()).toMatchObject({ mail: server.url.replace('//', '//relay@'), dkim: 'none' })
  const refused = await bursar(RUN, { SECRET: 'another-secret-of-this-test' })
  expect(refused.code).toBe(2)
  expect(refused.err).toMatch(/SECRET: here the one whose hash begins with [0-9a-f]{8}; agreed the one/)
  for (const told of [refused.err, JSON.stringify(await agreed())]) expect(told).not.toMatch(/pass-word|-secret-of/)
})

test('another relay is taken over, aloud and audited, when nobody is at work; while somebody is it is refused', async () => {
  const other = await startMailServer()
  await bursar(RUN, { SMTP_URL: other.url })
  const moved = await bursar('run monthly-summary --period 2026-09', withMail())
  expect(moved.code).toBe(0)
  expect(moved.err).toContain(`SMTP_URL: here ${server.url}; agreed ${other.url}`)
  const audit = await database.db.selectFrom('audit_log').selectAll().where('action', '=', 'settings.adopt').execute()
  expect(audit).toMatchObject([{ actor: 'run', before: { mail: other.url }, after: { mail: server.url } }])
  await live()
  const refused = await bursar(RUN, { SMTP_URL: other.url })
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('stop these first')])
  await other.close()
})

test('a folder of another machine at the same path is another store; what is told on purpose is taken over', async () => {
  await bursar(RUN)
  await rm(join(home, 'files'), { recursive: true })
  const refused = await bursar(RUN)
  expect([refused.code, refused.err]).toEqual([2, expect.stringContaining(`STORAGE_URL: here file:${home}/files, `)])
  const adopted = await bursar(`${RUN} --adopt-settings`)
  expect([adopted.code, adopted.err]).toEqual([0, expect.stringContaining('are now those of this process')])
  expect((await bursar(RUN)).code).toBe(0)
})

test('what a command is not told it takes from the installation', async () => {
  const told = { PUBLIC_URL: 'https://reports.example', MAIL_FROM: 'Program <program@company.example>' }
  await bursar(RUN, withMail(told))
  await bursar('run monthly-summary --period 2026-09', withMail())
  const [, second] = server.messages
  expect(second?.from).toBe('program@company.example')
  const quoted = String(second?.raw).replaceAll('=\r\n', '')
  expect(quoted).toContain('<https://reports.example/unsubscribe/')
})

test('one host is one host, however its letters are written', async () => {
  const written = (host: string) => ({ PUBLIC_URL: `https://${host}`, SMTP_URL: `smtp://${host}:2525` })
  await bursar('retry 11111111-1111-4111-8111-111111111111', written('münchen.example'))
  const host = 'xn--mnchen-3ya.example'
  expect(await agreed()).toMatchObject({ publicUrl: `https://${host}`, mail: `smtp://${host}:2525` })
  await live()
  const again = await bursar('retry 11111111-1111-4111-8111-111111111111', written('XN--Mnchen-3ya.example'))
  expect(again.err).toContain('does not exist')
})

test('--as-outbox writes the mails for a person to see, and the ledger says that nobody was mailed', async () => {
  await bursar(RUN, withMail())
  const looked = await bursar('run monthly-summary --period 2026-09 --as-outbox')
  expect([looked.code, looked.err]).toEqual([
    0,
    expect.stringContaining('mails written to the outbox: 1; nobody was mailed'),
  ])
  expect(await mailsInOutbox()).toBe(1)
  expect(server.messages).toHaveLength(1)
  const deliveries = await database.db.selectFrom('deliveries').select('status').execute()
  expect(deliveries).toEqual([{ status: 'sent' }])
  const real = await bursar('run monthly-summary --period 2026-09', withMail())
  expect(real.code).toBe(0)
  expect(server.messages).toHaveLength(2)
})

test('who only reads, stops or imports is not asked', async () => {
  await bursar(RUN, withMail())
  await live()
  for (const args of ['runs', 'reports', 'preview monthly-summary --period 2026-10 --partner nobody --format json'])
    expect((await bursar(args)).err).not.toContain('installation')
  expect((await bursar('cancel 11111111-1111-4111-8111-111111111111')).err).toContain('does not exist')
})
