import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime, { type Email } from 'postal-mime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { cancelRun, findRunOrThrow, retryRun } from '../../../worker/actions/control-run.ts'
import { openRequestedRun, type RunInput } from '../../../worker/actions/request-run.ts'
import { insertRequestedResend } from '../../../worker/actions/resend.ts'
import { writeStatements } from '../../../worker/cli/out.ts'
import { Refused } from '../../../worker/values/refused.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { insertRun } from '../../support/ledger.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { tally } from '../../support/tally-report.ts'
import { until } from '../../support/until.ts'

const OCTOBER: RunInput = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'http' }
const clock = () => new Date('2026-11-01T06:00:00Z')
let database: TestDatabase
let runtime: TestRuntime

beforeEach(async () => {
  database = await freshDatabase()
  runtime = await openTestRuntime(database.db, [tally], { clock })
  await insertAccount(database.db, { account_id: 1 })
  for (const id of ['anna', 'bert', 'carl', 'dora', 'emil']) {
    const some = id === 'carl' ? { email: '' } : id === 'dora' ? { send_monthly_summary: false } : {}
    await insertPartner(database.db, { partner_id: id, email: `${id}@partners.example`, ...some })
    if (id !== 'emil') await earn(`${id}-1`, id, 1000)
  }
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const earn = (id: string, partner: string, amount: number) =>
  insertCommission(database.db, { commission_id: id, partner_id: partner, amount, earned_at: '2026-10-05T12:00:00Z' })

async function runToEnd(input: Partial<RunInput> = {}) {
  const { run } = await openRequestedRun(runtime.context, { ...OCTOBER, ...input })
  return ended(run.id)
}
async function ended(id: string) {
  const run = await until(async () => {
    const found = await findRunOrThrow(runtime.context, id)
    return !isOpen(found) && found
  }, 'the run ends')
  const [summary] = await summarizeRuns(database.db, [run])
  return { ...run, summary }
}
const mails = async () => {
  const folder = join(runtime.home, 'outbox')
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.eml'))
  return Promise.all(names.map(async (name) => PostalMime.parse(await readFile(join(folder, name)))))
}
const recipients = async () => (await mails()).map((mail) => mail.to?.[0]?.address).sort()

describe('a run', () => {
  it('seals, renders and mails every statement, and says why others get none', async () => {
    const { status, summary } = await runToEnd()
    expect(status).toBe('succeeded')
    expect(summary).toMatchObject({
      progress: 1,
      statements: { rendered: 4, skipped: 1 },
      deliveries: { sent: 2 },
      reasons: { no_activity: 1, opted_out: 1, no_address: 1 },
    })
    expect(await recipients()).toEqual(['anna@partners.example', 'bert@partners.example'])
    expect(runtime.failures).toEqual([])
  })

  it('tells an address that cannot be read from none', async () => {
    await database.db.updateTable('partners').set({ email: 'bert at home' }).where('partner_id', '=', 'bert').execute()
    const { status, summary } = await runToEnd()
    expect([status, summary?.reasons]).toEqual([
      'succeeded',
      { no_activity: 1, opted_out: 1, no_address: 1, unreadable_address: 1 },
    ])
  })

  const suppress = (...addresses: string[]) =>
    database.db
      .insertInto('suppressions')
      .values(addresses.map((address) => ({ address, reply: '550 5.1.1 no', created_at: clock() })))
      .execute()

  it('in which everybody is suppressed is no success, and says so', async () => {
    await suppress('anna@partners.example', 'bert@partners.example')
    const { status, summary } = await runToEnd()
    expect(status).toBe('partial')
    expect(summary).toMatchObject({
      deliveries: { suppressed: 2 },
      reasons: { suppressed: 2 },
      error: 'nobody was mailed: the address of every mail (2) is suppressed',
    })
  })

  it('of which everybody was suppressed is finished by a retry, at the addresses of today', async () => {
    await suppress('anna@partners.example', 'bert@partners.example')
    const { id } = await runToEnd()
    await expect(retryRun(runtime.context, id)).rejects.toMatchObject({ kind: 'conflict' })
    const anna = database.db.updateTable('partners').set({ email: 'Anna@new.example' }).where('partner_id', '=', 'anna')
    await anna.execute()
    await retryRun(runtime.context, id)
    expect((await ended(id)).summary).toMatchObject({
      status: 'succeeded',
      deliveries: { sent: 1, cancelled: 1, suppressed: 1 },
      error: null,
    })
    expect(await recipients()).toEqual(['Anna@new.example'])
  })

  it('asked again mails whom the mended address concerns, and settles what had failed', async () => {
    await suppress('anna@partners.example')
    const { id, status } = await runToEnd({ partners: ['anna'] })
    expect(status).toBe('partial')
    await database.db
      .updateTable('partners')
      .set({ email: 'anna@new.example' })
      .where('partner_id', '=', 'anna')
      .execute()
    const again = await runToEnd({ partners: ['anna'] })
    expect(again.summary).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 } })
    await until(async () => (await findRunOrThrow(runtime.context, id)).status === 'succeeded', 'the first run follows')
    await expect(retryRun(runtime.context, id)).rejects.toMatchObject({ kind: 'conflict' })
    expect(await recipients()).toEqual(['anna@new.example'])
  })

  it('that failed follows a resend to the partner, but not one to somebody else', async () => {
    await suppress('anna@partners.example', 'bert@partners.example')
    const { id } = await runToEnd({ partners: ['anna'] })
    const [refused] = await database.db.selectFrom('deliveries').selectAll().where('run_id', '=', id).execute()
    const status = async () => (await findRunOrThrow(runtime.context, id)).status
    const resend = async (to: string) => {
      const wanted = { deliveryId: refused?.id ?? '', to, requestedBy: 'me' }
      const made = await insertRequestedResend(runtime.context, wanted)
      await until(async () => (await findDelivery(database.db, made.id))?.status === 'sent', 'the resend is sent')
    }
    await resend('me@owner.example')
    expect(await status()).toBe('partial')
    await database.db
      .updateTable('partners')
      .set({ email: 'anna@bücher.example' })
      .where('partner_id', '=', 'anna')
      .execute()
    await resend('anna@bücher.example')
    await until(async () => (await status()) === 'succeeded', 'the run follows')
    const [mine, theirs] = (await mails()).sort((a) => (a.to?.[0]?.address === 'me@owner.example' ? -1 : 1))
    const unsubscribes = (mail?: Email) => mail?.headers.some(({ key }) => key.startsWith('list-unsubscribe'))
    expect([unsubscribes(mine), unsubscribes(theirs)]).toEqual([false, true])
  })

  it('in which some are suppressed is one, for the others have their mails', async () => {
    await suppress('anna@partners.example')
    expect((await runToEnd()).summary).toMatchObject({
      status: 'succeeded',
      deliveries: { sent: 1, suppressed: 1 },
      error: null,
    })
  })

  it('is one run however many ask at once', async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => openRequestedRun(runtime.context, OCTOBER)))
    expect(new Set(asked.map(({ run }) => run.id)).size).toBe(1)
    expect(asked.filter(({ opened }) => opened)).toHaveLength(1)
    await ended(asked[0]?.run.id as string)
    expect(await recipients()).toHaveLength(2)
  })

  it('asked again seals and mails nothing where no figure changed', async () => {
    await runToEnd()
    const again = await runToEnd()
    expect(again.revision).toBe(2)
    expect(again.summary?.statements).toEqual({ unchanged: 4, skipped: 1 })
    expect(again.summary?.deliveries).toEqual({})
    expect(await recipients()).toHaveLength(2)
  })

  it('restates only what changed, saying what, and keeps the first revision as it was', async () => {
    const first = await runToEnd()
    const before = await sealedOf(first.id)
    await earn('bert-2', 'bert', 500)
    const second = await runToEnd()
    expect(second.summary).toMatchObject({
      statements: { rendered: 1, unchanged: 3, skipped: 1 },
      deliveries: { sent: 1 },
    })
    const [revised] = await sealedOf(second.id)
    expect(JSON.parse(revised?.sealed ?? '')).toMatchObject({
      revision: 2,
      changes: [
        { path: 'figures.lines', before: 1, after: 2 },
        { path: 'figures.total', before: '1000', after: '1500' },
        { path: 'rows[bert-2]', before: null, after: { commission_id: 'bert-2', amount: '500' } },
      ],
    })
    expect(await sealedOf(first.id)).toEqual(before)
    expect(await recipients()).toEqual(['anna@partners.example', 'bert@partners.example', 'bert@partners.example'])
  })

  it('mails what a run without mail has sealed, once somebody asks for mail', async () => {
    const quiet = await runToEnd({ mail: false })
    expect(quiet.summary).toMatchObject({ deliveries: {}, reasons: { mail_off: 3 } })
    const loud = await runToEnd()
    expect(loud.summary).toMatchObject({ statements: { unchanged: 4, skipped: 1 }, deliveries: { sent: 2 } })
    expect((await runToEnd()).summary?.deliveries).toEqual({})
    expect(await recipients()).toHaveLength(2)
  })

  it('writes its statements out as they are stored, those it left unchanged too', async () => {
    await runToEnd()
    const again = await runToEnd()
    const folder = join(runtime.home, 'out')
    expect(await writeStatements(runtime.context, again, folder)).toBe(4)
    expect((await readdir(folder)).sort().slice(0, 3)).toEqual(['anna.csv', 'anna.html', 'anna.json'])
  })

  it('writes each subject its own files, whatever it is called', async () => {
    const odd = ['account', 'Anna', 'CON', '../x', '上海示例合作伙伴有限公司'.repeat(5)]
    for (const id of odd) {
      await insertPartner(database.db, { partner_id: id, email: '' })
      await earn(`of ${id}`, id, 100)
    }
    const run = await runToEnd()
    const folder = join(runtime.home, 'out')
    expect(await writeStatements(runtime.context, run, folder)).toBe(9)
    const names = (await readdir(folder)).filter((name) => name.endsWith('.csv')).map((name) => name.slice(0, 12))
    expect(names.sort()).toEqual([
      '%2E%2E%2Fx.c',
      '%41nna.csv',
      '%43ON.csv',
      '%61ccount.cs',
      '%E4%B8%8A%E6',
      'anna.csv',
      'bert.csv',
      'carl.csv',
      'dora.csv',
    ])
    const sealed = JSON.parse(await readFile(join(folder, '%41nna.json'), 'utf8'))
    expect([sealed.subject.partner_id, sealed.figures.total]).toEqual(['Anna', '100'])
  })

  it('fails only the statement that cannot be drawn, with the reason, and is finished by a retry', async () => {
    let isBroken = true
    const csv = (statement: Parameters<NonNullable<typeof tally.template.csv>>[0]) => {
      if (isBroken && JSON.stringify(statement).includes('"bert"')) throw new Error('a name that cannot be set')
      return tally.template.csv?.(statement) ?? []
    }
    await runtime.close()
    runtime = await openTestRuntime(database.db, [{ ...tally, template: { ...tally.template, csv } }], { clock })
    const run = await runToEnd()
    expect(run.summary).toMatchObject({ status: 'partial', statements: { rendered: 3, failed: 1, skipped: 1 } })
    const failed = await database.db.selectFrom('statements').selectAll().where('status', '=', 'failed').execute()
    expect(failed.map(({ subject_id, error }) => [subject_id, error])).toEqual([['bert', 'a name that cannot be set']])
    expect(await recipients()).toEqual(['anna@partners.example'])
    isBroken = false
    await retryRun(runtime.context, run.id)
    expect((await ended(run.id)).summary).toMatchObject({
      status: 'succeeded',
      statements: { rendered: 4, skipped: 1 },
    })
    expect(await recipients()).toEqual(['anna@partners.example', 'bert@partners.example'])
  })

  it('fails cleanly where files cannot be written, and is finished by a retry', async () => {
    await rm(join(runtime.home, 'files'), { recursive: true, force: true })
    await writeFile(join(runtime.home, 'files'), 'not a folder')
    const failed = await runToEnd()
    expect(failed.summary).toMatchObject({
      status: 'failed',
      statements: { failed: 4, skipped: 1 },
      deliveries: { failed: 2 },
    })
    expect(await recipients()).toEqual([])
    await rm(join(runtime.home, 'files'))
    await mkdir(join(runtime.home, 'files'))
    await retryRun(runtime.context, failed.id)
    expect((await ended(failed.id)).summary).toMatchObject({
      status: 'succeeded',
      statements: { rendered: 4 },
      deliveries: { sent: 2 },
    })
  })

  it('is not retried where a later revision has said it anew', async () => {
    await writeFile(join(runtime.home, 'files'), 'not a folder')
    const failed = await runToEnd()
    await rm(join(runtime.home, 'files'))
    await earn('anna-2', 'anna', 500)
    await earn('bert-2', 'bert', 500)
    expect((await runToEnd()).summary).toMatchObject({ status: 'succeeded', deliveries: { sent: 2 } })
    await expect(retryRun(runtime.context, failed.id)).rejects.toMatchObject({ kind: 'conflict' })
    expect(await recipients()).toEqual(['anna@partners.example', 'bert@partners.example'])
  })

  it('refuses what cannot be asked, naming it, and opens nothing', async () => {
    const refused = async (input: Partial<RunInput>, kind: string, field: string) => {
      const error = await openRequestedRun(runtime.context, { ...OCTOBER, ...input }).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Refused)
      expect(error).toMatchObject({ kind, field })
    }
    await refused({ report: 'nonesuch' }, 'invalid', 'report')
    await refused({ period: '2026-13' }, 'invalid', 'period')
    await refused({ period: '2026-11' }, 'invalid', 'period')
    await refused({ partners: ['nobody'] }, 'unknown', 'partners')
    await refused({ accountId: 9 }, 'unknown', 'account_id')
    expect(await database.db.selectFrom('runs').selectAll().execute()).toEqual([])
  })

  it('runs a period that has not ended only as of a given instant', async () => {
    const { status, as_of } = await runToEnd({ period: '2026-11', asOf: clock() })
    expect([status, as_of]).toEqual(['succeeded', clock()])
  })

  it('cannot be cancelled or retried when there is nothing to cancel or retry', async () => {
    const { id } = await runToEnd()
    await expect(cancelRun(runtime.context, id)).rejects.toMatchObject({ kind: 'conflict' })
    await expect(retryRun(runtime.context, id)).rejects.toMatchObject({ kind: 'conflict' })
  })
})

describe('a retry', () => {
  /** A run whose computation failed: nothing of it is on the ledger but itself. */
  const failed = (some: object = {}) =>
    insertRun(database.db, { report: 'tally', period: '2026-10', status: 'failed', trigger: 'http', ...some })

  it('of a computation that failed starts it again', async () => {
    const { id } = await failed()
    await retryRun(runtime.context, id)
    expect((await ended(id)).status).toBe('succeeded')
  })

  it('does not seal an earlier revision over a later one', async () => {
    const { id } = await failed()
    await runToEnd()
    await expect(retryRun(runtime.context, id)).rejects.toMatchObject({ kind: 'conflict' })
  })

  it('waits for another run of the period to end', async () => {
    const { id } = await failed()
    const idle = { add: async () => {}, close: async () => {} }
    const { run } = await openRequestedRun({ ...runtime.context, queue: idle }, OCTOBER)
    const refused = retryRun(runtime.context, id)
    await expect(refused).rejects.toMatchObject({ kind: 'conflict' })
    await expect(refused).rejects.toThrow(run.id)
  })
})

describe('the steps of a run', () => {
  it('go by the bounds that were resolved when it was opened, whatever rules compute it', async () => {
    const idle = { add: async () => {}, close: async () => {} }
    const { run } = await openRequestedRun({ ...runtime.context, queue: idle }, OCTOBER)
    const [from, to] = ['2026-09-30T23:00:00Z', '2026-10-31T23:00:00Z']
    const elsewhere = { time_zone: 'Africa/Casablanca', period_from: from, period_to: to, as_of: to }
    await database.db.updateTable('runs').set(elsewhere).where('id', '=', run.id).execute()
    await runtime.handlers.run({ accountId: 1, runId: run.id })
    const [first] = await sealedOf(run.id)
    const sealed = JSON.parse(first?.sealed ?? '{}')
    expect(sealed.period).toEqual({ key: '2026-10', from, to })
    expect(sealed.account.time_zone).toBe('Africa/Casablanca')
  })

  it('do nothing when they are done again', async () => {
    const { id } = await runToEnd()
    const before = await sealedOf(id)
    await runtime.handlers.run({ accountId: 1, runId: id })
    await runtime.handlers.render({ accountId: 1, runId: id, first: 0 })
    for (const { id: deliveryId } of await database.db.selectFrom('deliveries').select('id').execute()) {
      await runtime.handlers.deliver({ accountId: 1, deliveryId })
    }
    expect(await sealedOf(id)).toEqual(before)
    expect(await recipients()).toHaveLength(2)
  })

  it('stop where a run is cancelled before them', async () => {
    const idle = { add: async () => {}, close: async () => {} }
    const { run } = await openRequestedRun({ ...runtime.context, queue: idle }, OCTOBER)
    await cancelRun(runtime.context, run.id)
    await runtime.handlers.run({ accountId: 1, runId: run.id })
    expect(await sealedOf(run.id)).toEqual([])
    expect((await findRunOrThrow(runtime.context, run.id)).status).toBe('cancelled')
  })
})

const sealedOf = (runId: string) =>
  database.db
    .selectFrom('statements')
    .selectAll()
    .where('run_id', '=', runId)
    .where('sealed', 'is not', null)
    .orderBy('ordinal')
    .execute()
