import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Sealed } from '../../templates/statement.ts'
import { cancelRun, retryRun } from '../../worker/actions/control-run.ts'
import { insertRequestedResend } from '../../worker/actions/resend.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { revisionsOf } from '../support/revisions.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { tally } from '../support/tally-report.ts'

/** Whatever is done to a month, in any order: what its reader holds is right, and said in the right words. */
const HISTORY = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('100', '90', 'nothing') },
    { weight: 4, arbitrary: fc.constant('mail') },
    {
      weight: 3,
      arbitrary: fc.constantFrom('no mail', 'cancelled', 'suppressed', 'opted out', 'retry', 'copy', 'renamed'),
    },
  ),
  { minLength: 6, maxLength: 12 },
)

let database: TestDatabase
let runtime: TestRuntime
let now = new Date('2026-11-01T06:00:00Z')
let months = 0

beforeAll(async () => {
  database = await freshDatabase()
  runtime = await openTestRuntime(database.db, [tally], { clock: () => now })
  await insertAccount(database.db)
})
afterAll(async () => {
  await runtime.close()
  await database.close()
})

it('a reader’s last mail says what was last sealed whenever a run with mail went through', async () => {
  await fc.assert(
    fc.asyncProperty(HISTORY, async (history) => {
      const month = await openMonth()
      for (const step of history) {
        now = new Date(now.getTime() + 60_000)
        await month.do(step)
      }
      await month.do('mail')
      await month.expectRight()
    }),
    { numRuns: 8 },
  )
})

/** A month and a reader of its own for every history. */
async function openMonth() {
  const { db } = database
  const name = `p${++months}`
  const period = `2025-${String((months % 12) + 1).padStart(2, '0')}`
  const [address, earned_at] = [`${name}@partners.example`, `${period}-05T12:00:00Z`]
  const runs = revisionsOf(database, runtime, { report: 'tally', period })
  const partners = [name]
  const set = (some: object) => db.updateTable('partners').set(some).where('partner_id', '=', name).execute()
  await insertPartner(db, { partner_id: name, email: address })
  await db.deleteFrom('commissions').execute()
  let total = 0
  let last: string | undefined

  const earn = async (amount: number) => {
    await db.deleteFrom('commissions').where('partner_id', '=', name).execute()
    if (amount > 0) await insertCommission(db, { commission_id: `${name}-c`, partner_id: name, amount, earned_at })
    total = amount
  }
  const run = async (mail: boolean) => {
    const ended = await runs.run({ mail, partners })
    last = ended.id
    return ended
  }
  const mails = async () => {
    const rows = await db
      .selectFrom('deliveries as d')
      .innerJoin('statements as s', 's.id', 'd.statement_id')
      .select('s.sealed')
      .where('d.address', '=', address)
      .where('d.status', '=', 'sent')
      .orderBy('d.sent_at')
      .execute()
    return rows.map(({ sealed }) => JSON.parse(sealed ?? '') as Sealed<{ total: string }>)
  }

  const steps: Readonly<Record<string, () => Promise<unknown>>> = {
    100: () => earn(100),
    90: () => earn(90),
    nothing: () => earn(0),
    mail: async () => {
      expect(await run(true)).toMatchObject({ status: 'succeeded' })
      const held = (await mails()).at(-1)?.figures.total ?? '0'
      expect(held).toBe(String(total))
    },
    'no mail': () => run(false),
    cancelled: async () => {
      const idle = { ...runtime.context, queue: { add: async () => {}, close: async () => {} } }
      const quiet = revisionsOf(database, { ...runtime, context: idle }, { report: 'tally', period })
      const { id: runId } = await quiet.request({ partners })
      await cancelRun(runtime.context, runId)
    },
    suppressed: async () => {
      await db.insertInto('suppressions').values({ address, reply: '550 no', created_at: now }).execute()
      await run(true)
      await db.deleteFrom('suppressions').execute()
    },
    'opted out': async () => {
      await set({ send_monthly_summary: false })
      await run(true)
      await set({ send_monthly_summary: true })
    },
    retry: async () => {
      if (last && (await retryRun(runtime.context, last).catch(() => undefined))) await runs.ended(last)
    },
    copy: async () => {
      const delivery = await db
        .selectFrom('deliveries')
        .select('id')
        .where('subject_id', '=', name)
        .where('status', '=', 'sent')
        .executeTakeFirst()
      if (delivery)
        await insertRequestedResend(runtime.context, {
          deliveryId: delivery.id,
          to: 'books@accountant.example',
          requestedBy: 'test',
        })
    },
    renamed: () => set({ name: `Name at ${now.toISOString()}` }),
  }

  return {
    do: async (step: string) => steps[step]?.(),
    /** No mail repeats the one before it, and each says what changed since that one. */
    expectRight: async () => {
      const told = await mails()
      for (const [i, mail] of told.entries()) {
        const before = told[i - 1]
        const change = mail.changes.find(({ path }) => path === 'figures.total')
        expect(change?.before).toBe(before?.figures.total)
        expect(mail.replaces?.revision).toBe(before?.revision)
        expect(mail.figures.total).not.toBe(before?.figures.total)
      }
      expect(runtime.failures).toEqual([])
    },
  }
}
