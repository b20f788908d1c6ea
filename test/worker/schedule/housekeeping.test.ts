import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHousekeeping } from '../../../worker/schedule/housekeeping.ts'
import { MissingFile } from '../../../worker/storage/storage.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement, insertWorker } from '../../support/ledger.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'

const NOW = new Date('2026-11-20T00:00:00Z')
const OLD = new Date('2026-10-01T00:00:00Z')
const YOUNG = new Date('2026-11-10T00:00:00Z')
let database: TestDatabase
let runtime: TestRuntime

beforeEach(async () => {
  database = await freshDatabase()
  runtime = await openTestRuntime(database.db, [], { clock: () => NOW })
  await insertAccount(database.db, { account_id: 1 })
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const keepHouse = (days: number | undefined = 30) => createHousekeeping(runtime.context, days)()
const store = (text: string) => runtime.context.storage.put(Buffer.from(text))
const isStored = (sha256: string) =>
  runtime.context.storage.get(sha256).then(
    () => true,
    (error) => {
      expect(error).toBeInstanceOf(MissingFile)
      return false
    },
  )
/** A statement of that day with one file. */
async function statementWith(text: string, created_at: Date, some: object = {}) {
  const run = await insertRun(database.db)
  const statement = await insertStatement(database.db, { run_id: run.id, created_at, ...some })
  const { sha256, size } = await store(text)
  await database.db
    .insertInto('files')
    .values({ account_id: 1, statement_id: statement.id, name: 'a.csv', type: 'text/csv', size, sha256 })
    .execute()
  return { run, statement, sha256 }
}

describe('files', () => {
  it('are kept for ever unless a retention is set', async () => {
    const { sha256 } = await statementWith('old', OLD)
    await createHousekeeping(runtime.context, undefined)()
    expect(await isStored(sha256)).toBe(true)
  })

  it('go after their time, and the ledger says since when', async () => {
    const old = await statementWith('old', OLD)
    const young = await statementWith('young', YOUNG)
    await keepHouse()
    expect([await isStored(old.sha256), await isStored(young.sha256)]).toEqual([false, true])
    const rows = await database.db.selectFrom('files').select(['sha256', 'removed_at']).execute()
    expect(new Map(rows.map((row) => [row.sha256, row.removed_at]))).toEqual(
      new Map([
        [old.sha256, NOW],
        [young.sha256, null],
      ]),
    )
  })

  it('stay while another statement says the same bytes', async () => {
    const { sha256 } = await statementWith('the same', OLD)
    await statementWith('the same', YOUNG)
    await keepHouse()
    expect(await isStored(sha256)).toBe(true)
  })

  it('stay while a mail of theirs is open, or a young run shows them unchanged', async () => {
    const open = await statementWith('open', OLD)
    await insertDelivery(database.db, { run_id: open.run.id, statement_id: open.statement.id, status: 'pending' })
    const shown = await statementWith('shown', OLD)
    const unchanged = { status: 'unchanged' as const, sealed: null, replaces: shown.statement.id, created_at: YOUNG }
    await insertStatement(database.db, { run_id: open.run.id, ...unchanged })
    await keepHouse()
    expect([await isStored(open.sha256), await isStored(shown.sha256)]).toEqual([true, true])
  })

  it('that are gone already are noted as gone', async () => {
    const { sha256 } = await statementWith('lost', OLD)
    await runtime.context.storage.remove(sha256)
    await keepHouse()
    expect((await database.db.selectFrom('files').select('removed_at').execute())[0]?.removed_at).toEqual(NOW)
  })
})

describe('files half written', () => {
  const incoming = () => join(runtime.home, 'files', 'incoming')
  const leave = async (name: string, hoursAgo: number) => {
    const since = new Date(NOW.getTime() - hoursAgo * 3_600_000)
    await mkdir(incoming(), { recursive: true })
    await writeFile(join(incoming(), name), 'half')
    await utimes(join(incoming(), name), since, since)
  }

  it('go after a day, for no writer takes that long; whole ones and young ones stay', async () => {
    const { sha256 } = await runtime.context.storage.putStream(Readable.from([Buffer.from('whole')]))
    await leave('of a killed process', 25)
    await leave('under way', 23)
    await keepHouse(undefined)
    expect(await readdir(incoming())).toEqual(['under way'])
    expect(await isStored(sha256)).toBe(true)
  })

  it('are looked for again an hour later, and where there is no folder yet', async () => {
    const times = [NOW, new Date(NOW.getTime() + 3_600_000)]
    const clock = () => times[0] as Date
    const house = createHousekeeping({ ...runtime.context, clock }, undefined)
    await house()
    await leave('of a killed process', 23.5)
    await house()
    expect(await readdir(incoming())).toHaveLength(1)
    times.shift()
    await house()
    expect(await readdir(incoming())).toEqual([])
  })
})

describe('mails', () => {
  it('go after their time, but not while they are resent', async () => {
    const { run, statement } = await statementWith('of it', YOUNG)
    const sent = async (text: string) => {
      const { sha256 } = await store(text)
      const keys = { run_id: run.id, statement_id: statement.id }
      return insertDelivery(database.db, { ...keys, status: 'sent', sent_at: OLD, mail_sha256: sha256 })
    }
    const [old, resent] = [await sent('mail'), await sent('another mail')]
    await insertDelivery(database.db, { run_id: run.id, statement_id: statement.id, resend_of: resent.id })
    await keepHouse()
    expect(await isStored(old.mail_sha256 as string)).toBe(false)
    expect(await isStored(resent.mail_sha256 as string)).toBe(true)
    const removed = await database.db
      .selectFrom('deliveries')
      .where('mail_removed_at', 'is not', null)
      .select('id')
      .execute()
    expect(removed).toEqual([{ id: old.id }])
  })
})

it('answers to idempotent requests go after a day, dead workers’ names too', async () => {
  const key = (name: string, created_at: Date) => ({ scope: 'runs', key: name, request_hash: '', created_at })
  await database.db
    .insertInto('idempotency_keys')
    .values([key('old', OLD), key('young', new Date(NOW.getTime() - 3_600_000))])
    .execute()
  await insertWorker(database.db, { seen_at: new Date(Date.now() - 2 * 86_400_000) })
  await keepHouse()
  expect(await database.db.selectFrom('idempotency_keys').select('key').execute()).toEqual([{ key: 'young' }])
  expect(await database.db.selectFrom('workers').select('host').execute()).toEqual([{ host: 'test' }])
})
