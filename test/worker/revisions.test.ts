import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cancelRun, retryRun } from '../../worker/actions/control-run.ts'
import { previewStatement } from '../../worker/actions/preview.ts'
import { insertRequestedResend } from '../../worker/actions/resend.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { revisionsOf } from '../support/revisions.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { tally } from '../support/tally-report.ts'
import { until } from '../support/until.ts'

/** What a reader holds after any history of runs: the figures of the last one that was to be mailed, said in the right words. */
let database: TestDatabase
let runtime: TestRuntime
let now: Date
let october: ReturnType<typeof revisionsOf>

beforeEach(async () => {
  now = new Date('2026-11-01T06:00:00Z')
  database = await freshDatabase()
  runtime = await openTestRuntime(database.db, [tally], { clock: () => now })
  october = revisionsOf(database, runtime, { report: 'tally', period: '2026-10' })
  await insertAccount(database.db)
  await insertPartner(database.db, { partner_id: 'anna', name: 'Anna', email: 'anna@partners.example' })
  await insertCommission(database.db, {
    partner_id: 'anna',
    commission_id: 'c1',
    amount: 100,
    earned_at: '2026-10-05T12:00:00Z',
  })
})
afterEach(async () => {
  await runtime.close()
  await database.close()
})

const amount = (value: number) => database.db.updateTable('commissions').set({ amount: value }).execute()
const totals = async () => (await october.mailsTo('anna')).map(({ text }) => text.split(';')[0]?.trim())
const partner = (some: object) =>
  database.db.updateTable('partners').set(some).where('partner_id', '=', 'anna').execute()

/** Does the steps of a run one by one, for nothing is queued meanwhile. */
async function byHand<T>(steps: () => Promise<T>): Promise<T> {
  const { queue } = runtime.context
  const { add } = queue
  Object.assign(queue, { add: async () => {} })
  try {
    return await steps()
  } finally {
    Object.assign(queue, { add })
  }
}

describe('what a reader was last sent', () => {
  it('counts, not what was sealed meanwhile: a correction looked at without mail first is mailed as one', async () => {
    await october.run()
    await amount(90)
    expect(await october.run({ mail: false })).toMatchObject({ statements: { rendered: 1 }, reasons: { mail_off: 1 } })
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 }, reasons: {} })
    expect(await totals()).toEqual(['100', '90'])
    const { sealed } = await october.statement('anna', 3)
    expect(sealed).toMatchObject({ revision: 2, replaces: { revision: 1 } })
    expect(sealed?.changes).toContainEqual({ path: 'figures.total', before: '100', after: '90' })
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: {} })
  })

  it('is compared with, over what was sealed in between', async () => {
    await october.run()
    await amount(90)
    await october.run({ mail: false })
    await amount(80)
    await october.run()
    const { sealed } = await october.statement('anna', 3)
    expect(sealed?.replaces?.revision).toBe(1)
    expect(sealed?.changes).toContainEqual({ path: 'figures.total', before: '100', after: '80' })
  })

  it('is nothing after runs without mail: its first mail revises nothing', async () => {
    await october.run({ mail: false })
    await amount(90)
    await october.run({ mail: false })
    expect((await october.statement('anna', 2)).sealed).toMatchObject({ replaces: { revision: 1 } })
    expect(await october.run()).toMatchObject({ statements: { rendered: 1 }, deliveries: { sent: 1 } })
    const { sealed } = await october.statement('anna', 3)
    expect([sealed?.replaces, sealed?.changes]).toEqual([undefined, []])
    expect(await totals()).toEqual(['90'])
  })

  it('is right again where facts went there and back: the first statement stands, and nobody is mailed', async () => {
    await october.run()
    await amount(90)
    await october.run({ mail: false })
    await amount(100)
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: {}, reasons: {} })
    expect((await october.statement('anna', 3)).sealed).toMatchObject({ revision: 1, figures: { total: '100' } })
    expect(await totals()).toEqual(['100'])
    await amount(90)
    await october.run()
    expect(await totals()).toEqual(['100', '90'])
  })

  it('is what it was sent before a restatement that was cancelled', async () => {
    await october.run()
    await amount(90)
    await byHand(async () => {
      const { id: runId } = await october.request()
      await runtime.handlers.run({ accountId: 1, runId })
      await runtime.handlers.render({ accountId: 1, runId, first: 0 })
      await cancelRun(runtime.context, runId)
    })
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 } })
    expect(await totals()).toEqual(['100', '90'])
  })

  it('may be a mail of which nobody knows: asked again it is mailed again', async () => {
    await october.run()
    await amount(90)
    await october.run()
    await database.db.updateTable('deliveries').set({ status: 'unknown' }).where('status', '=', 'sent').execute()
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 } })
    await database.db.updateTable('deliveries').set({ status: 'unknown' }).where('status', '=', 'sent').execute()
    await amount(100)
    await october.run()
    const { sealed } = await october.statement('anna', 4)
    expect(sealed?.changes).toContainEqual({ path: 'figures.total', before: '90', after: '100' })
  })

  it('is not what an accountant was sent a copy of', async () => {
    await partner({ email: '' })
    await october.run()
    await partner({ email: 'anna@partners.example' })
    await database.db
      .insertInto('suppressions')
      .values({ address: 'anna@partners.example', reply: '550 no', created_at: now })
      .execute()
    await october.run()
    const { id } = await database.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
    await insertRequestedResend(runtime.context, {
      deliveryId: id,
      to: 'books@accountant.example',
      requestedBy: 'test',
    })
    await until(async () => (await october.countMails()) === 1, 'the copy is out')
    await database.db.deleteFrom('suppressions').execute()
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 } })
    expect((await october.mailsTo('anna')).map(({ to }) => to)).toEqual([
      'books@accountant.example',
      'anna@partners.example',
    ])
  })

  it('is the partner’s, whatever its address was: a new address alone is mailed nothing', async () => {
    await october.run()
    await partner({ email: 'anna@new.example' })
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: {} })
    await amount(90)
    await october.run()
    expect((await october.mailsTo('anna')).map(({ to }) => to)).toEqual(['anna@partners.example', 'anna@new.example'])
  })
})

it('what an older version sealed is compared by what it says, not by the hash of its rule', async () => {
  await october.run()
  await database.db.updateTable('statements').set({ figures_sha256: 'of another rule' }).execute()
  expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: {} })
})

describe('an unsent statement', () => {
  it('is sealed anew where its words are no longer right, and not where nobody is mailed', async () => {
    await october.run({ mail: false })
    await partner({ name: 'Anna Lee' })
    expect(await october.run({ mail: false })).toMatchObject({ statements: { unchanged: 1 } })
    expect(await october.run()).toMatchObject({ statements: { rendered: 1 }, deliveries: { sent: 1 } })
    const { sealed } = await october.statement('anna', 3)
    expect(sealed).toMatchObject({ revision: 3, changes: [], subject: { name: 'Anna Lee' } })
  })

  it('of an older run is not sent by a retry once a newer run has nothing of it left', async () => {
    await writeFile(join(runtime.home, 'files'), 'not a folder')
    const first = await october.run()
    expect(first.statements).toEqual({ failed: 1 })
    await rm(join(runtime.home, 'files'))
    await database.db.deleteFrom('commissions').execute()
    expect((await october.run()).statements).toEqual({ skipped: 1 })
    await expect(retryRun(runtime.context, first.id)).rejects.toMatchObject({ kind: 'conflict' })
  })

  it('of an older run is not sent by a retry once a newer run has mailed it', async () => {
    await database.db
      .insertInto('suppressions')
      .values({ address: 'anna@partners.example', reply: '550 no', created_at: now })
      .execute()
    const first = await october.run()
    await database.db.deleteFrom('suppressions').execute()
    await october.run()
    await expect(retryRun(runtime.context, first.id)).rejects.toMatchObject({ kind: 'conflict' })
    expect(await totals()).toEqual(['100'])
  })
})

describe('a subject that has nothing any more', () => {
  it('gets a statement down to nothing, mailed as the revision that it is', async () => {
    await insertPartner(database.db, { partner_id: 'bert', email: 'bert@partners.example' })
    expect(await october.run()).toMatchObject({ statements: { rendered: 1, skipped: 1 } })
    await database.db.updateTable('commissions').set({ partner_id: 'bert' }).execute()
    const asked = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'http' } as const
    expect((await previewStatement(runtime.context, asked, 'partner:anna')).sealed.figures).toMatchObject({
      total: '0',
    })
    expect(await october.run()).toMatchObject({ statements: { rendered: 2 }, deliveries: { sent: 2 } })
    expect((await october.statement('anna', 2)).sealed?.changes).toContainEqual({
      path: 'figures.total',
      before: '100',
      after: '0',
    })
    expect((await october.statement('bert', 2)).sealed?.changes).toEqual([])
    expect(await totals()).toEqual(['100', '0'])
    expect(await october.run()).toMatchObject({ statements: { unchanged: 2 }, deliveries: {} })
  })

  it('is told where it was last told, under the name it had, when it is gone altogether', async () => {
    await october.run()
    await database.db.deleteFrom('commissions').execute()
    await database.db.deleteFrom('partners').execute()
    expect(await october.run({ partners: ['anna'] })).toMatchObject({ deliveries: { sent: 1 } })
    expect((await october.statement('anna', 2)).sealed).toMatchObject({
      subject: { partner_id: 'anna', name: 'Anna' },
      figures: { total: '0' },
    })
    expect((await october.mailsTo('anna')).map(({ to }) => to)).toEqual([
      'anna@partners.example',
      'anna@partners.example',
    ])
  })

  it('is left alone by a run for others', async () => {
    await insertPartner(database.db, { partner_id: 'bert' })
    await october.run()
    await database.db.deleteFrom('commissions').execute()
    expect(await october.run({ partners: ['bert'] })).toMatchObject({ statements: { skipped: 1 }, deliveries: {} })
  })

  it('is corrected on the ledger where it wants no mail, and mailed once it does', async () => {
    await october.run()
    await partner({ send_monthly_summary: false })
    await amount(90)
    expect(await october.run()).toMatchObject({
      statements: { rendered: 1 },
      deliveries: {},
      reasons: { opted_out: 1 },
    })
    await partner({ send_monthly_summary: true })
    expect(await october.run()).toMatchObject({ statements: { unchanged: 1 }, deliveries: { sent: 1 } })
    expect(await totals()).toEqual(['100', '90'])
  })
})
