import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import type { ReportDefinition, Statement } from '../../jobs/report.ts'
import { leadsTimeline } from '../../jobs/reports/leads-timeline.ts'
import { monthlySummary } from '../../jobs/reports/monthly-summary.ts'
import { partnerLeaderboard } from '../../jobs/reports/partner-leaderboard.ts'
import { pipelineAnalytics } from '../../jobs/reports/pipeline-analytics.ts'
import { resellerWeekly } from '../../jobs/reports/reseller-weekly.ts'
import { usageReconciliation } from '../../jobs/reports/usage-reconciliation.ts'
import { withdrawalEligibility } from '../../jobs/reports/withdrawal-eligibility.ts'
import { outcomes } from '../jobs/program.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type Books, decimal, minorOf, open, sum } from './books.ts'
import { type Micros, stretchBefore, stretchOf } from './calendar.ts'
import { importWorld } from './import.ts'
import { owed } from './reckon/balance.ts'
import { eligibility } from './reckon/eligibility.ts'
import { leaderboard } from './reckon/leaderboard.ts'
import { leadsTimeline as timelineOf } from './reckon/leads-timeline.ts'
import { linesOf, monthlySummary as monthlySummaryOf } from './reckon/monthly-summary.ts'
import { buckets, flow, pipeline } from './reckon/pipeline.ts'
import { resellerWeekly as resellerWeek } from './reckon/reseller-weekly.ts'
import { reconciliation } from './reckon/usage.ts'
import { factsOf, WORLDS, type World } from './worlds.ts'

// Six accounts with the same partner, licence and campaign ids in one database: figures of one are never another's.
let database: TestDatabase
const books = new Map<number, Books>()
beforeAll(async () => {
  database = await freshDatabase()
  for (const world of WORLDS) {
    await importWorld(database, world)
    books.set(world.account, open(factsOf(world), world.decimals))
  }
}, 60_000)
afterAll(() => database.close())

const cases = WORLDS.flatMap((world) =>
  world.periods.map((key) => ({ world, key, zone: world.zone, account: world.account })),
)

describe.each(cases)('account $account in $zone, $key', ({ world, key }) => {
  const span = stretchOf(key, world.zone)
  const of = () => books.get(world.account) as Books
  const ids = () =>
    of()
      .rows('partners')
      .map((row) => row.text('partner_id'))

  test('monthly-summary', async () => {
    const given = await statements(world, monthlySummary, key)
    expect([...given.keys()].sort()).toEqual(
      ids()
        .filter((id) => id !== 'idle')
        .sort(),
    )
    for (const [id, { figures, rows }] of given) {
      expect(figures, id).toEqual(monthlySummaryOf(of(), id, span, stretchBefore(key, world.zone), span.to))
      expect(rows?.map((row) => row.commission_id).sort(), id).toEqual([...linesOf(of(), id, span)].sort())
    }
  })

  test('monthly-summary as of the middle', async () => {
    const at = ((span.from + span.to) / 2_000n) * 1000n
    for (const [id, { figures }] of await statements(world, monthlySummary, key, at))
      expect(figures, id).toEqual(monthlySummaryOf(of(), id, span, stretchBefore(key, world.zone), at))
  })

  test('reseller-weekly', async () => {
    for (const [id, { figures }] of await statements(world, resellerWeekly, key))
      expect(figures, id).toMatchObject({
        ...resellerWeek(of(), id, span),
        previous: resellerWeek(of(), id, stretchBefore(key, world.zone)),
      })
  })

  test.each([0n, 1n, 2n])('withdrawal-eligibility, as of %i halves', async (halves) => {
    const at = ((span.from + ((span.to - span.from) * halves) / 2n) / 1000n) * 1000n
    const given = (await statements(world, withdrawalEligibility, key, at)).get('account')
    const wanted = of()
      .rows('partners')
      .filter(
        (row) =>
          (row.at('created_at') as Micros) < at ||
          owed(of(), row.text('partner_id')).some((entry) => (entry.at('earned_at') as Micros) < at) ||
          of()
            .rows('withdrawals', { partner_id: row.text('partner_id') })
            .some((entry) => (entry.at('requested_at') as Micros) < at),
      )
      .map((row) => eligibility(of(), row, at))
    expect(given?.rows?.map(({ paypal: _, withdrawal_since: __, ...row }) => row)).toEqual(
      [...wanted].sort((a, b) => (a.partner_id < b.partner_id ? -1 : 1)),
    )
    const total = (column: 'total' | 'available', rows = wanted) =>
      decimal(
        sum(rows, (row) => minorOf(row[column], world.decimals)),
        world.decimals,
      )
    const eligible = wanted.filter((row) => row.eligible)
    expect(given?.figures).toMatchObject({
      partners: wanted.length,
      eligible: eligible.length,
      eligible_amount: total('available', eligible),
      total: total('total'),
      available: total('available'),
    })
  })

  test('leads-timeline', async () => {
    expect((await statements(world, leadsTimeline, key)).get('account')?.figures.months).toEqual(timelineOf(of(), span))
    const one = await statements(world, leadsTimeline, key, undefined, ['p2'])
    expect(one.get('p2')?.figures.months).toEqual(timelineOf(of(), span, 'p2'))
  })

  test('partner-leaderboard', async () => {
    const given = (await statements(world, partnerLeaderboard, key)).get('account')
    const say = (minor: bigint | null) => (minor === null ? null : decimal(minor, world.decimals))
    const wanted = leaderboard(of(), span).map(({ partner_id: _, ...row }) => ({
      ...row,
      revenue: say(row.revenue),
      open_pipeline: say(row.open_pipeline),
      avg_deal_value: say(row.avg_deal_value),
    }))
    expect(given?.figures.partners.map(({ uuid: _, logo_uuid: __, ...row }) => row)).toEqual(wanted)
  })

  test('usage-reconciliation', async () => {
    const given = await statements(world, usageReconciliation, key)
    const owners = [
      ...new Set(
        of()
          .rows('organizations')
          .map((row) => row.text('partner_id')),
      ),
    ]
    for (const subject of ['account', ...owners]) {
      const mine = of().rows('organizations', subject === 'account' ? {} : { partner_id: subject })
      const wanted = mine.flatMap((row) => reconciliation(of(), row, span) ?? [])
      const statement = given.get(subject)
      expect(
        statement?.rows
          ?.map(({ name: _, ...row }) => ({
            ...row,
            quantity: BigInt(row.quantity),
            credits_used: BigInt(row.credits_used),
            invoiced_quantity: BigInt(row.invoiced_quantity),
            difference_quantity: BigInt(row.difference_quantity),
            difference_credits: BigInt(row.difference_credits),
          }))
          .sort(byId),
        subject,
      ).toEqual([...wanted].sort(byId))
      const total = (of: (row: (typeof wanted)[number]) => bigint | number) =>
        Number(sum(wanted, (row) => BigInt(of(row))))
      const { verdicts, ...figures } = statement?.figures ?? expect.fail('no statement')
      expect(Object.values(verdicts).reduce((all, count) => all + count, 0)).toBe(wanted.length)
      expect(Number(figures.quantity), subject).toBe(total((row) => row.quantity))
      expect(Number(figures.difference_credits), subject).toBe(total((row) => row.difference_credits))
      expect(figures, subject).toMatchObject({
        organizations: wanted.length,
        events: total((row) => row.events),
        late_events: total((row) => row.late_events),
        conflicts: total((row) => row.conflicts),
        invoiced_amount: decimal(
          sum(wanted, (row) => minorOf(row.amount, world.decimals)),
          world.decimals,
        ),
      })
    }
  })

  test('pipeline-analytics', async () => {
    const given = await statements(world, pipelineAnalytics, key)
    for (const funnel of ['1', '2']) {
      const { agents, ...wanted } = pipeline(of(), funnel, span, (minor) => decimal(minor, world.decimals))
      const figures = given.get(`funnel-${funnel}`)?.figures
      expect(figures, funnel).toMatchObject(wanted)
      expect(
        figures?.by_agent
          .flatMap(({ agent, created, won, value_won }) => (agent.id ? { id: agent.id, created, won, value_won } : []))
          .sort((a, b) => a.id - b.id),
      ).toEqual(agents)
      for (const piece of buckets(span, 'week', world.zone)) {
        const row = figures?.series.week.find((one) => one.key === piece.key)
        const flown = flow(of(), of().rows('deals', { funnel_id: funnel }), piece)
        expect(row, piece.key).toEqual({
          key: piece.key,
          ...flown,
          value_created: decimal(flown.value_created, world.decimals),
          value_won: decimal(flown.value_won, world.decimals),
        })
      }
    }
  })
})

const byId = (a: { organization_id: string }, b: { organization_id: string }) =>
  a.organization_id < b.organization_id ? -1 : 1

/** The statements of a report by subject: partner_id, `account` or `funnel-<id>`. */
async function statements<F, R>(
  world: World,
  report: ReportDefinition<F, R>,
  key: string,
  at?: Micros,
  some?: readonly string[],
) {
  const account = (await findAccount(database.db, world.account)) as Account
  const asked = {
    key,
    ...(at !== undefined && { asOf: new Date(Number(at / 1000n)) }),
    ...(some && { partners: some }),
  }
  const all = await outcomes(database.db, account, report, asked)
  const given = all.filter((outcome): outcome is Statement<F, R> => !('skip' in outcome))
  return new Map(given.map((statement) => [nameOf(statement), statement]))
}

function nameOf({ subject }: Statement<unknown, unknown>): string {
  if (subject.kind === 'partner') return subject.partner_id
  return subject.kind === 'funnel' ? `funnel-${subject.funnel_id}` : 'account'
}
