import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { importFile } from '../../../db/facts/index.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import { monthlySummary } from '../../../jobs/reports/monthly-summary.ts'
import type { CorrectionEntry } from '../../../templates/statement.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertPartner } from '../../support/factories.ts'
import { revisionsOf } from '../../support/revisions.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'

/**
 * Anna's October closes with 100 + 50 − 30 = 120.00; Bert's with 5.00. Both statements are sealed and sent before anything
 * is changed on 15 November; November adds 10.00 for Anna.
 */
let database: TestDatabase
let runtime: TestRuntime
let now: Date
let october: ReturnType<typeof revisionsOf>
let november: ReturnType<typeof revisionsOf>

beforeEach(async () => {
  now = new Date('2026-11-01T06:00:00Z')
  database = await freshDatabase()
  const { pdf: _, ...template } = monthlySummary.template // drawn elsewhere; what it says is in the mail too
  const report = { ...monthlySummary, template } as unknown as ReportDefinition
  runtime = await openTestRuntime(database.db, [report], { clock: () => now })
  october = revisionsOf(database, runtime, { report: 'monthly-summary', period: '2026-10' })
  november = revisionsOf(database, runtime, { report: 'monthly-summary', period: '2026-11' })
  await insertAccount(database.db)
  for (const partner_id of ['anna', 'bert']) await insertPartner(database.db, { partner_id })
  await commissions(
    'c1,anna,100.00,2026-10-05',
    'c2,anna,50.00,2026-10-20',
    'c3,anna,10.00,2026-11-05',
    'c5,bert,5.00,2026-10-06',
  )
  await withdrawal('pending')
  await october.run()
  now = new Date('2026-11-15T12:00:00Z')
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const bring = (table: string, csv: string) =>
  importFile(database, { table, source: Readable.from([Buffer.from(csv)]), format: 'csv', accountId: 1, now })
const commissions = (...rows: string[]) =>
  bring(
    'commissions',
    `commission_id,partner_id,amount,earned_at,kind,program,product\n${rows.map((row) => `${row},commission,affiliate,chat\n`).join('')}`,
  )
const withdrawal = (status: string) =>
  bring('withdrawals', `withdrawal_id,partner_id,amount,status,requested_at\n7,anna,30.00,${status},2026-10-12\n`)

/** November, a month later. */
async function close(subject = 'anna') {
  now = new Date('2026-12-01T06:00:00Z')
  const run = await november.run()
  const { sealed } = await november.statement(subject, run.revision)
  return { run, sealed, correction: sealed?.correction }
}
const entry = (
  what: string,
  key: string | null,
  before: string | null,
  after: string | null,
  at: string | null = CHANGED,
) => ({ what, key, currency: 'USD', before, after, changed_at: at }) as CorrectionEntry
const CHANGED = '2026-11-15T12:00:00Z'

describe('a statement that opens with something else than the one before closed with', () => {
  it('is none where nothing changed', async () => {
    const { run, sealed } = await close()
    expect(sealed?.figures).toMatchObject({ balance: { opening: '120.00', closing: '130.00' } })
    expect(sealed).not.toHaveProperty('correction')
    expect(run.untied).toEqual([])
  })

  it('says that a withdrawal was rejected, in its own words to its reader, and names the month to restate', async () => {
    await withdrawal('rejected')
    const { run, correction } = await close()
    expect(correction).toEqual({
      period: '2026-10',
      revision: 1,
      closing: '120.00',
      opening: '150.00',
      difference: '30.00',
      entries: [entry('withdrawal_rejected', '7', '-30.00', null)],
    })
    expect(run.untied).toEqual([{ period: '2026-10', count: 1, subjects: ['anna'] }])
    const [mail] = await november.mailsTo('anna')
    expect(mail?.text).toContain(
      'closed with a balance of $120.00. This one opens with $150.00, a difference of $30.00',
    )
    expect(mail?.text).toContain('Withdrawal rejected: 7')
  })

  it('says that a commission has another amount', async () => {
    await commissions('c1,anna,80.00,2026-10-05')
    const { correction } = await close()
    expect(correction).toMatchObject({ opening: '100.00', difference: '-20.00' })
    expect(correction?.entries).toEqual([entry('commission_changed', 'c1', '100.00', '80.00')])
  })

  it('says to both whose commission went and came', async () => {
    await commissions('c1,bert,100.00,2026-10-05')
    const { run, correction } = await close()
    expect(correction).toMatchObject({ opening: '20.00', difference: '-100.00' })
    expect(correction?.entries).toEqual([entry('commission_moved_away', 'c1', '100.00', null)])
    const bert = (await november.statement('bert', 1)).sealed?.correction
    expect(bert).toMatchObject({ closing: '5.00', opening: '105.00', difference: '100.00' })
    expect(bert?.entries).toEqual([entry('commission_moved_here', 'c1', null, '100.00')])
    expect(run.untied).toEqual([{ period: '2026-10', count: 2, subjects: ['anna', 'bert'] }])
  })

  it('says that one was dated into another month', async () => {
    await commissions('c2,anna,50.00,2026-11-20')
    const { sealed, correction } = await close()
    expect(sealed?.figures).toMatchObject({ balance: { opening: '70.00', closing: '130.00' } })
    expect(correction?.entries).toEqual([entry('commission_redated', 'c2', '50.00', null)])
  })

  it('says which one came in late, and how much is of still earlier months', async () => {
    await commissions('late,anna,7.00,2026-10-25', 'old,anna,3.00,2026-09-15')
    const { correction } = await close()
    expect(correction).toMatchObject({ opening: '130.00', difference: '10.00' })
    expect(correction?.entries).toEqual([
      entry('commission_late', 'late', null, '7.00', null),
      entry('other', null, null, '3.00', null),
    ])
  })

  it('says nothing of a change that leaves the balance as it was', async () => {
    await commissions('c1,anna,80.00,2026-10-05')
    await commissions('c1,anna,100.00,2026-10-05')
    expect((await close()).correction).toBeUndefined()
  })

  it('is made even where nothing is left to say', async () => {
    await database.db.deleteFrom('commissions').where('partner_id', '=', 'bert').execute()
    await close()
    const { sealed } = await november.statement('bert', 1)
    expect(sealed?.figures).toMatchObject({ balance: { opening: '0.00', closing: '0.00' } })
    expect(sealed?.correction).toMatchObject({ closing: '5.00', opening: '0.00', difference: '-5.00' })
  })

  it('is compared with what its reader was sent, not with what was sealed without mail since', async () => {
    await withdrawal('rejected')
    await october.run({ mail: false })
    expect((await close()).correction).toMatchObject({ revision: 1, closing: '120.00' })
  })
})

describe('a restated month', () => {
  it('ties again: the next one has no line', async () => {
    await withdrawal('rejected')
    expect((await october.run()).untied).toEqual([])
    const { run, sealed } = await close()
    expect(sealed?.figures).toMatchObject({ balance: { opening: '150.00' } })
    expect(sealed).not.toHaveProperty('correction')
    expect(run.untied).toEqual([])
  })

  it('names the next month where that is sealed and opens otherwise now, until it is restated too', async () => {
    await close()
    await withdrawal('rejected')
    expect((await october.run()).untied).toEqual([{ period: '2026-11', count: 1, subjects: ['anna'] }])
    const { run, sealed } = await close()
    expect(run.untied).toEqual([])
    expect(sealed).toMatchObject({ revision: 2, figures: { balance: { opening: '150.00', closing: '160.00' } } })
    expect(sealed).not.toHaveProperty('correction')
  })

  it('changes no figure by what it says of another: nobody is mailed twice', async () => {
    await withdrawal('rejected')
    await close()
    expect((await close()).run).toMatchObject({ statements: { unchanged: 2 }, deliveries: {} })
    await october.run()
    expect((await close()).run).toMatchObject({ statements: { unchanged: 2 }, deliveries: {}, untied: [] })
  })
})
