import { afterEach, beforeEach, expect, it } from 'vitest'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import { findRunOrThrow } from '../../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../../worker/actions/request-run.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../../support/runtime.ts'
import { tally } from '../../support/tally-report.ts'
import { until } from '../../support/until.ts'

let database: TestDatabase
let runtime: TestRuntime
beforeEach(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

/** What a stream that gives one chunk made of every PDF, for one partner only. */
const halfDrawn: ReportDefinition = {
  ...tally,
  template: {
    ...tally.template,
    pdf: async ({ subject }) =>
      Buffer.from(
        'partner_id' in subject && subject.partner_id === 'half' ? '%PDF-1.7\n' : '%PDF-1.7\n/Type /Page\n%%EOF\n',
      ),
  },
}

it('fails its statement with the reason: nothing of it is stored or mailed, and the others are', async () => {
  for (const partner_id of ['half', 'whole']) {
    await insertPartner(database.db, { partner_id })
    await insertCommission(database.db, { partner_id, amount: 100n, earned_at: '2026-10-05T12:00:00Z' })
  }
  runtime = await openTestRuntime(database.db, [halfDrawn], { clock: () => new Date('2026-11-01T06:00:00Z') })
  const input = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'cli' } as const
  const { run } = await openRequestedRun(runtime.context, input)
  const ended = await until(async () => {
    const found = await findRunOrThrow(runtime.context, run.id)
    return !isOpen(found) && found
  }, 'the run ends')
  expect(ended.status).toBe('partial')
  const statements = await database.db
    .selectFrom('statements')
    .select(['subject_id', 'status', 'error'])
    .orderBy('subject_id')
    .execute()
  expect(statements).toEqual([
    {
      subject_id: 'half',
      status: 'failed',
      error: 'the PDF of 9 bytes is not whole: it lacks %%EOF at its end, a page',
    },
    { subject_id: 'whole', status: 'rendered', error: null },
  ])
  const files = await database.db.selectFrom('files').select('name').orderBy('name').execute()
  expect(files.map(({ name }) => name)).toEqual(['whole.csv', 'whole.pdf'])
  const sent = await database.db
    .selectFrom('deliveries')
    .select(['subject_id', 'status'])
    .orderBy('subject_id')
    .execute()
  expect(sent).toEqual([
    { subject_id: 'half', status: 'failed' },
    { subject_id: 'whole', status: 'sent' },
  ])
})
