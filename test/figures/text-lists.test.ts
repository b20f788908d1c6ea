import { beforeAll, describe, expect, test } from 'vitest'
import { tokenFor } from '../worker/http/serve.ts'
import { decimal, open, type Row } from './books.ts'
import { iso, type Micros } from './calendar.ts'
import { amount, owed } from './reckon/balance.ts'
import * as data from './reckon/data.ts'
import { inWindow, now, type Query, SERVED, served } from './served.ts'
import { factsOf } from './worlds.ts'

const { database, ask } = served()

const cases = SERVED.flatMap((world) =>
  ['p1', 'p2', 'p9'].map((partner) => ({ world, account: world.account, partner })),
)

describe.each(cases)('lists of account $account, partner $partner', ({ world, partner }) => {
  const books = open(factsOf(world), world.decimals)
  const money = (minor: bigint) => Number(decimal(minor, world.decimals))
  let key: string
  beforeAll(async () => {
    key = await tokenFor(database(), 'partner', world.account, partner)
  })
  const get = (path: string, query: Query = {}) => ask(key, `/v2/partners${path}`, query)

  test('lists of licences, withdrawals and referred partners', async () => {
    const stamp = (at: Micros | undefined) => (at === undefined ? '' : iso(at).slice(0, 19).replace('T', ' '))
    const newest = (rows: readonly Row[], column: string) => {
      const later = (a: Row, b: Row) => Number((b.at(column) as Micros) - (a.at(column) as Micros))
      return [...rows].sort((a, b) => later(a, b) || (a.text('license_id') < b.text('license_id') ? 1 : -1))
    }
    const [date_from, date_to] = ['2026-02-10', '2026-03-29']
    const window = data.asked(date_from, date_to)
    const own = (program: string) =>
      newest(
        books
          .rows('licenses', { partner_id: partner, program })
          .filter((row) => inWindow(row.at('created_at'), window)),
        'created_at',
      )
    const earnings = (row: Row) =>
      money(
        amount(
          books,
          owed(books, partner).filter(
            (line) => line.text('license_id') === row.text('license_id') && (line.at('earned_at') as Micros) < now,
          ),
        ),
      )
    const affiliate = (await get('/affiliates/licenses', { date_from, date_to })) as {
      result: Record<string, unknown>[]
    }
    expect(
      affiliate.result.map(pick('creation_timestamp', 'end_timestamp', 'product', 'earnings', 'paid', 'blocked')),
    ).toEqual(
      own('affiliate').map((row) => [
        stamp(row.at('created_at')),
        stamp(row.at('expires_at')),
        row.text('product'),
        earnings(row),
        data.statusOf(row, now) === 'paid',
        row.yes('blocked'),
      ]),
    )
    const solution = (await get('/solutions/licenses', { date_from, date_to })) as { result: Record<string, unknown>[] }
    expect(solution.result.map(pick('license', 'status', 'creation_timestamp'))).toEqual(
      own('solution').map((row) => [row.text('license_id'), data.statusOf(row, now), stamp(row.at('created_at'))]),
    )
    for (const status of ['trial', 'paid', 'expired']) {
      const seen: string[] = []
      for (let next_cursor: string | undefined; ; ) {
        const page = (await get(`/solutions/licenses/${status}`, { date_from, date_to, limit: '2', next_cursor })) as {
          results: { license_id: string }[]
          next_cursor: string
        }
        seen.push(...page.results.map((row) => row.license_id))
        if (!page.next_cursor) break
        next_cursor = page.next_cursor
      }
      expect([...seen].sort()).toEqual(
        own('solution')
          .filter((row) => data.statusOf(row, now) === status)
          .map((row) => row.text('license_id'))
          .sort(),
      )
    }
    const withdrawals = (await get('/withdrawals', { date_from, date_to })) as { result: Record<string, unknown>[] }
    expect(withdrawals.result.map(pick('withdrawal_id', 'amount', 'status', 'action_timestamp'))).toEqual(
      newest(
        books.rows('withdrawals', { partner_id: partner }).filter((row) => inWindow(row.at('requested_at'), window)),
        'requested_at',
      ).map((row) => [
        Number(row.text('withdrawal_id')),
        Number(row.text('amount')),
        row.text('status'),
        stamp(row.at('acted_at')),
      ]),
    )
    const referred = (await get('/affiliates/partners-referred')) as { result: Record<string, unknown>[] }
    const brought = newest(books.rows('partners', { referred_by: partner }), 'created_at')
    expect(
      referred.result.map(pick('partner_id', 'total_trials', 'active_trials', 'active_paid', 'commission')),
    ).toEqual(
      brought.map((row) => {
        const licenses = books.rows('licenses', { partner_id: row.text('partner_id') })
        const { trials, paid } = data.statuses(licenses, now)
        return [
          row.text('partner_id'),
          licenses.length,
          trials,
          paid,
          money(
            amount(
              books,
              owed(books, partner).filter((line) => line.text('referred_partner_id') === row.text('partner_id')),
            ),
          ),
        ]
      }),
    )
  })
})

const pick =
  (...names: string[]) =>
  (row: Record<string, unknown>) =>
    names.map((name) => row[name])
