import { Writable } from 'node:stream'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { listSuppressions } from '../../../db/ledger/deliveries/suppressions.ts'
import { liftSuppressions } from '../../../worker/actions/lift-suppressions.ts'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement } from '../../support/ledger.ts'

const NOW = new Date('2026-11-27T12:00:00Z')
const RELAY = '554 5.7.1 relay access denied 100%'
let database: TestDatabase
let run: string
const context = () => ({ db: database.db, clock: () => NOW })
const left = async () => (await listSuppressions(database.db, { limit: 100 })).map(({ address }) => address).sort()
const audited = () =>
  database.db.selectFrom('audit_log').selectAll().where('action', '=', 'suppression.delete').orderBy('id').execute()

beforeEach(async () => {
  await database?.close()
  database = await freshDatabase()
  const { db } = database
  await insertAccount(db, { account_id: 1 })
  run = (await insertRun(db)).id
  const statement = await insertStatement(db, { run_id: run })
  const of = { run_id: run, statement_id: statement.id, next_attempt_at: null }
  const refused = await insertDelivery(db, { ...of, address: 'a@p.test', status: 'failed' })
  await insertDelivery(db, { ...of, address: 'B@p.test', status: 'suppressed' })
  const rows = [
    { address: 'a@p.test', reply: RELAY, delivery_id: refused.id },
    { address: 'b@p.test', reply: '550 5.1.1 no such mailbox', delivery_id: null },
    { address: 'c@p.test', reply: RELAY, delivery_id: null },
  ]
  await db
    .insertInto('suppressions')
    .values(rows.map((row) => ({ ...row, created_at: NOW })))
    .execute()
})
afterAll(() => database.close())

test('an address is lifted in any case, once, and the audit log has it as it stood', async () => {
  expect(await liftSuppressions(context(), { address: 'B@P.test' }, 'ops')).toHaveLength(1)
  expect(await liftSuppressions(context(), { address: 'b@p.test' }, 'ops')).toEqual([])
  expect(await left()).toEqual(['a@p.test', 'c@p.test'])
  expect(await audited()).toMatchObject([
    { actor: 'ops', target: 'b@p.test', before: { address: 'b@p.test', reply: '550 5.1.1 no such mailbox' } },
  ])
})

test('all that a server refused in the same words are lifted at once, with one entry that names them', async () => {
  await liftSuppressions(context(), { reply: 'RELAY access denied 100%' }, 'ops')
  expect(await left()).toEqual(['b@p.test'])
  expect(await audited()).toMatchObject([
    { before: [{ address: 'a@p.test' }, { address: 'c@p.test' }], after: { lifted: 2 } },
  ])
})

test('what stands for itself is no pattern', async () => {
  expect(await liftSuppressions(context(), { reply: '55_' }, 'ops')).toEqual([])
  expect(await audited()).toEqual([])
})

test('those that a run met are the ones that its mails made and the ones that kept its mails back', async () => {
  await liftSuppressions(context(), { run }, 'ops')
  expect(await left()).toEqual(['c@p.test'])
})

test('nothing is lifted where the audit log cannot be written', async () => {
  await expect(liftSuppressions(context(), { run }, 'nul\0nul')).rejects.toThrow('invalid byte sequence')
  expect(await left()).toHaveLength(3)
})

async function bursar(...args: string[]) {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += String(chunk)
        done()
      },
    })
  const code = await runCommandLine(['suppressions', ...args], {
    env: { DATABASE_URL: database.url, SECRET: 'a-secret-of-this-test', ADMIN_TOKEN: 'a-token-of-this-test' },
    stdout: into('out'),
    stderr: into('err'),
    clock: () => NOW,
    stopping: new AbortController().signal,
  })
  return { code, ...said }
}

test('the command line shows what it would lift before it lifts more than one', async () => {
  expect(JSON.parse((await bursar('list', '--reply', 'relay', '--json')).out)).toHaveLength(2)
  const asked = await bursar('lift', '--reply', 'relay')
  expect(asked.code).toBe(2)
  expect(asked.err).toContain('a@p.test')
  expect(asked.err).toContain('that is 2 addresses; say --yes')
  expect(await left()).toHaveLength(3)
  const done = await bursar('lift', '--reply', 'relay', '--yes')
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('2 lifted') })
  expect(await left()).toEqual(['b@p.test'])
  expect(await bursar('lift', 'nobody@p.test')).toMatchObject({
    code: 2,
    err: expect.stringContaining('nobody@p.test'),
  })
  expect((await bursar('lift')).code).toBe(2)
  expect((await bursar('lift', 'b@p.test', '--run', run)).code).toBe(2)
  expect((await bursar('lift', '--run', 'no-run')).code).toBe(2)
})
