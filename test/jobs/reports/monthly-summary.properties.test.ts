import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { decimal } from '../../../db/values/money.ts'
import { nextPeriod, parsePeriod } from '../../../jobs/calendar/period.ts'
import { monthlySummary } from '../../../jobs/reports/monthly-summary.ts'
import type { MonthlySummaryFigures } from '../../../templates/monthly-summary/view.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { parseMoney } from '../../support/money.ts'
import {
  availableAt,
  BLOCKED_LICENSE,
  type Entry,
  type GeneratedProgram,
  insertGenerated,
  PARTNERS,
  program,
} from '../generated.ts'
import { outcomes, statementOf } from '../program.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

const key = fc.constantFrom(
  '2024-03',
  '2024-10',
  '2025-03',
  '2025-W13',
  '2024-Q4',
  '2025-03-30',
  '2024-12-20..2025-01-10',
)
const runs = { numRuns: 40 }
const minor = (text: string): bigint => parseMoney(text, 'USD') as bigint
const sum = (texts: readonly string[]): bigint => texts.reduce((total, text) => total + minor(text), 0n)

const run = (account: Account, asked: string, partners?: readonly string[]) =>
  outcomes(database.db, account, monthlySummary, { key: asked, ...(partners && { partners }) })

async function each(
  account: Account,
  asked: string,
  look: (id: string, f: MonthlySummaryFigures, rows: string[]) => void,
) {
  for (const outcome of await run(account, asked)) {
    if ('skip' in outcome || outcome.subject.kind !== 'partner') continue
    look(
      outcome.subject.partner_id,
      outcome.figures,
      (outcome.rows ?? []).map(({ amount }) => amount),
    )
  }
}

test('the parts add up to the totals', () =>
  fc.assert(
    fc.asyncProperty(program, key, async (facts, asked) => {
      await each(await insertGenerated(database.db, facts), asked, (_, { commission, affiliate, balance }, rows) => {
        expect(sum(Object.values(commission.by_program))).toBe(minor(commission.total))
        expect(sum(Object.values(commission.by_product))).toBe(minor(commission.total))
        expect(sum(rows)).toBe(minor(commission.total))
        expect(rows).toHaveLength(commission.lines)
        expect(affiliate.earnings).toBe(commission.by_program.affiliate)
        expect(balance.earned).toBe(commission.total)
        expect(minor(balance.closing) - minor(balance.opening)).toBe(minor(balance.earned) - minor(balance.withdrawn))
        expect(sum([balance.available, balance.pending, balance.blocked])).toBe(minor(balance.closing))
      })
    }),
    runs,
  ))

test('every figure of money is what a loop over the facts gives', () =>
  fc.assert(
    fc.asyncProperty(program, key, async (facts, asked) => {
      await each(await insertGenerated(database.db, facts), asked, (id, figures) => {
        expect(figures).toMatchObject(reckoned(facts, id, asked))
      })
    }),
    runs,
  ))

test('what one month closes with the next one opens with', () =>
  fc.assert(
    fc.asyncProperty(program, key, async (facts, asked) => {
      const account = await insertGenerated(database.db, facts)
      const closing = new Map<string, string>()
      await each(account, asked, (id, { balance }) => closing.set(id, balance.closing))
      await each(account, nextPeriod(parsePeriod(asked, facts.timeZone)).key, (id, { balance, commission }) => {
        expect(balance.opening).toBe(closing.get(id) ?? '0.00')
        expect(commission.previous).toBe(decimal(reckonTotal(facts, id, asked), 'USD'))
      })
    }),
    runs,
  ))

test('a rerun is identical, and one partner alone gets its slice of the full run', () =>
  fc.assert(
    fc.asyncProperty(program, key, fc.constantFrom(...PARTNERS), async (facts, asked, id) => {
      const account = await insertGenerated(database.db, facts)
      const all = await run(account, asked)
      expect(await run(account, asked)).toEqual(all)
      const alone = await run(account, asked, [id])
      const mine = all.filter(({ subject }) => subject.kind === 'partner' && subject.partner_id === id)
      expect(alone).toEqual(mine)
      if (mine[0] && !('skip' in mine[0])) expect(statementOf(alone, id)).toEqual(mine[0])
    }),
    runs,
  ))

function reckoned({ timeZone, entries, withdrawals }: GeneratedProgram, partner: string, asked: string) {
  const { from, to } = parsePeriod(asked, timeZone)
  const mine = entries.filter((entry) => entry.partner === partner && entry.kind !== 'discount' && entry.earned < to)
  const taken = withdrawals.filter(
    (some) => some.partner === partner && some.status !== 'rejected' && some.requested < to,
  )
  const { blocked, pending } = heldBack(mine, total(mine) - total(taken), to)
  const text = (amount: number) => decimal(BigInt(amount), 'USD')
  const inside = mine.filter((entry) => entry.earned >= from)
  return {
    commission: { total: text(total(inside)), lifetime: text(total(mine)), lines: inside.length },
    balance: {
      opening: text(total(mine.filter((e) => e.earned < from)) - total(taken.filter((w) => w.requested < from))),
      closing: text(total(mine) - total(taken)),
      withdrawn: text(total(taken.filter((w) => w.requested >= from))),
      blocked: text(blocked),
      pending: text(pending),
      available: text(total(mine) - total(taken) - blocked - pending),
    },
  }
}

/** What of an owed sum is blocked and pending (docs/definitions.md, Balance), licence by licence. */
function heldBack(entries: readonly Entry[], owed: number, at: Date): { blocked: number; pending: number } {
  const parts = [...new Set(entries.map(({ license }) => license))].map((license) =>
    ofLicense(
      entries.filter((entry) => entry.license === license),
      license !== null,
      at,
    ),
  )
  const of = (name: 'blocked' | 'held' | 'beyond') => parts.reduce((all, part) => all + part[name], 0)
  const short = Math.max(0, of('held') + of('blocked') - owed)
  return { blocked: of('blocked'), pending: of('held') - Math.min(short, of('held'), of('beyond')) }
}

/** Reductions take from what is available of their licence, then from what it has on hold; `beyond` is what is left of them. */
function ofLicense(entries: readonly Entry[], isLicense: boolean, at: Date) {
  const isBlocked = (entry: Entry) => entry.blocked || entry.license === BLOCKED_LICENSE
  const marked = total(entries.filter(isBlocked))
  const plain = entries.filter((entry) => !isBlocked(entry))
  const gains = plain.filter(({ amount }) => amount > 0)
  const held = total(gains.filter((entry) => availableAt(entry) > at))
  const free = isLicense ? total(gains) - held : 0
  const reduced = Math.max(0, -marked) - total(plain.filter(({ amount }) => amount < 0))
  const taken = isLicense ? Math.min(held, Math.max(0, reduced - free)) : 0
  return { blocked: Math.max(0, marked), held: held - taken, beyond: Math.max(0, reduced - free - taken) }
}

function reckonTotal({ timeZone, entries }: GeneratedProgram, partner: string, asked: string): bigint {
  const { from, to } = parsePeriod(asked, timeZone)
  const mine = entries.filter(({ earned, kind }) => kind !== 'discount' && earned >= from && earned < to)
  return BigInt(total(mine.filter((entry) => entry.partner === partner)))
}

const total = (items: readonly { readonly amount: number }[]) => items.reduce((all, { amount }) => all + amount, 0)
