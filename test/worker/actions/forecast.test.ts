import { afterEach, beforeEach, expect, it } from 'vitest'
import { isOpen } from '../../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { findRunOrThrow } from '../../../worker/actions/control-run.ts'
import { forecastRun } from '../../../worker/actions/forecast.ts'
import { openRequestedRun, type RunInput } from '../../../worker/actions/request-run.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../support/factories.ts'
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
  const odd: Record<string, object> = {
    carl: { email: '' },
    dora: { send_monthly_summary: false },
    fritz: { email: 'Refused@partners.example' },
  }
  for (const id of ['anna', 'bert', 'carl', 'dora', 'emil', 'fritz']) {
    await insertPartner(database.db, { partner_id: id, email: `${id}@partners.example`, ...odd[id] })
    if (id !== 'emil') await earn(id)
  }
  const suppression = { address: 'refused@partners.example', reply: '550', created_at: clock() }
  await database.db.insertInto('suppressions').values(suppression).execute()
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const earn = (id: string) =>
  insertCommission(database.db, { partner_id: id, amount: 1000, earned_at: '2026-10-05T12:00:00Z' })

/** What a run really does, in the words of the forecast. */
async function done(input: RunInput) {
  const { run } = await openRequestedRun(runtime.context, input)
  const ended = await until(async () => {
    const found = await findRunOrThrow(runtime.context, run.id)
    return !isOpen(found) && found
  }, 'the run ends')
  const { statements, deliveries, reasons } = (await summarizeRuns(database.db, [ended]))[0] ?? {}
  const {
    no_address: withoutAddress = 0,
    opted_out: optedOut = 0,
    mail_off: _,
    suppressed: __,
    ...skipped
  } = reasons ?? {}
  return {
    sealed: statements?.rendered ?? 0,
    unchanged: statements?.unchanged ?? 0,
    skipped,
    mails: deliveries?.sent ?? 0,
    suppressed: deliveries?.suppressed ?? 0,
    withoutAddress,
    optedOut,
  }
}

async function foreseen(input: RunInput) {
  const { sealed, unchanged, skipped, mails, suppressed, withoutAddress, optedOut } = await forecastRun(
    runtime.context,
    input,
  )
  return { sealed, unchanged, skipped, mails, suppressed, withoutAddress, optedOut }
}

it('says what the run then does, and writes nothing', async () => {
  const forecast = await foreseen(OCTOBER)
  expect(await database.db.selectFrom('runs').select('id').execute()).toEqual([])
  expect(forecast).toEqual({
    sealed: 5,
    unchanged: 0,
    skipped: { no_activity: 1 },
    mails: 2,
    suppressed: 1,
    withoutAddress: 1,
    optedOut: 1,
  })
  expect(await done(OCTOBER)).toEqual(forecast)
})

it('knows what stays as it is in a revision, and what was sealed but never mailed', async () => {
  const silent = { ...OCTOBER, mail: false }
  expect(await done(silent)).toEqual(await foreseen(silent).then((one) => ({ ...one, sealed: 5, unchanged: 0 })))
  await earn('anna')
  const forecast = await forecastRun(runtime.context, OCTOBER)
  expect(forecast).toMatchObject({ sealed: 1, revised: 0, unchanged: 4, mails: 2, suppressed: 1 })
  expect(forecast.latest?.revision).toBe(1)
  expect(await done(OCTOBER)).toMatchObject({ sealed: 1, unchanged: 4, mails: 2, suppressed: 1 })
  expect(await foreseen(OCTOBER)).toMatchObject({ sealed: 0, unchanged: 5, mails: 0 })
})

it('asks for some partners only, and refuses what the run would refuse', async () => {
  const forecast = await forecastRun(runtime.context, { ...OCTOBER, partners: ['anna', 'emil'] })
  expect(forecast).toMatchObject({ sealed: 1, skipped: { no_activity: 1 }, mails: 1 })
  expect(forecast.examples).toEqual([{ kind: 'partner', partner_id: 'anna', name: 'Partner anna' }])
  await expect(forecastRun(runtime.context, { ...OCTOBER, partners: ['nobody'] })).rejects.toThrow('does not exist')
  await expect(forecastRun(runtime.context, { ...OCTOBER, period: '2026-13' })).rejects.toThrow('2026-13')
})
