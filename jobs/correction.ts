import type { CommissionEntry } from '../db/queries/commissions.ts'
import type { FactChange, MoneyFact } from '../db/queries/fact-changes.ts'
import { decimal } from '../db/values/money.ts'
import type { Correction, CorrectionEntry, CorrectionKind } from '../templates/statement.ts'
import { isoInstant } from './calendar/period.ts'

/** Two statements of one subject that do not tie, and what became of the facts since the earlier one. */
export interface Gap {
  readonly partnerId: string
  readonly currency: string
  /** The statement of the period before: its closing balance and the commissions that it lists. */
  readonly held: {
    readonly period: string
    readonly revision: number
    readonly closing: string
    readonly listed: readonly string[]
  }
  readonly opening: string
  /** The instant between the two periods. */
  readonly boundary: Date
  /** The partner's, oldest first. */
  readonly changes: readonly FactChange[]
  /** The commissions of the period before as they are now, in `currency`. */
  readonly commissions: readonly CommissionEntry[]
}

/** What the later statement says of it: every change that can be told, and what remains as one entry. Pure. */
export function correctionOf(gap: Gap): Correction {
  const { held, opening, currency } = gap
  const difference = minor(opening) - minor(held.closing)
  const told = [...changedEntries(gap), ...lateEntries(gap)]
  return {
    period: held.period,
    revision: held.revision,
    closing: held.closing,
    opening,
    difference: decimal(difference, currency),
    entries: [...told, ...remainder(told, difference, currency)],
  }
}

/** A decimal of a currency's own digits in its minor units. */
const minor = (amount: string): bigint => BigInt(amount.replace('.', ''))

function changedEntries(gap: Gap): CorrectionEntry[] {
  return [...byFact(gap.changes).values()].flatMap((changes) => {
    const [first, last] = [changes[0], changes.at(-1)]
    if (!first || !last) return []
    const [before, after] = [effectOf(gap, first, first.before), effectOf(gap, last, last.after)]
    if (before === after) return []
    const currency = last.after?.currency ?? first.before?.currency ?? gap.currency
    const said = (effect: bigint | null) => (effect === null ? null : decimal(effect, currency))
    return {
      what: kindOf(gap, first, last),
      key: last.key,
      currency,
      before: said(before),
      after: said(after),
      changed_at: isoInstant(last.changedAt),
    }
  })
}

function byFact(changes: readonly FactChange[]): Map<string, FactChange[]> {
  const facts = new Map<string, FactChange[]>()
  for (const change of changes) {
    const fact = `${change.table} ${change.key}`
    facts.set(fact, [...(facts.get(fact) ?? []), change])
  }
  return facts
}

/** What a fact counts for in the partner's balance at the boundary (docs/definitions.md, Balance); null where it does not. */
function effectOf({ partnerId, boundary }: Gap, { table }: FactChange, fact: MoneyFact | null): bigint | null {
  if (fact?.partner_id !== partnerId || instantOf(fact) >= boundary) return null
  if (table === 'commissions') return fact.kind === 'discount' ? null : BigInt(fact.amount)
  return fact.status === 'rejected' ? null : -BigInt(fact.amount)
}

const instantOf = ({ earned_at, requested_at }: MoneyFact): Date => new Date(earned_at ?? requested_at ?? 0)

function kindOf({ partnerId }: Gap, { table, before }: FactChange, { after }: FactChange): CorrectionKind {
  const noun = table === 'commissions' ? 'commission' : 'withdrawal'
  if (!after) return `${noun}_voided`
  if (!before) return `${noun}_restored`
  if (after.partner_id !== partnerId) return `${noun}_moved_away`
  if (before.partner_id !== partnerId) return `${noun}_moved_here`
  if (noun === 'withdrawal' && after.status === 'rejected') return 'withdrawal_rejected'
  if (noun === 'withdrawal' && before.status === 'rejected') return 'withdrawal_reopened'
  return instantOf(before).getTime() === instantOf(after).getTime() ? `${noun}_changed` : `${noun}_redated`
}

/** Commissions of the period before that its statement does not list, and that were not changed into it. */
function lateEntries({ held, changes, commissions, currency }: Gap): CorrectionEntry[] {
  const known = new Set([...held.listed, ...changes.flatMap(({ table, key }) => (table === 'commissions' ? key : []))])
  return commissions
    .filter(({ commission_id }) => !known.has(commission_id))
    .map(({ commission_id, amount }) => ({
      what: 'commission_late',
      key: commission_id,
      currency,
      before: null,
      after: decimal(BigInt(amount), currency),
      changed_at: null,
    }))
}

/** What nothing of the above explains: facts of still earlier periods that came late, rates, another currency's cents. */
function remainder(told: readonly CorrectionEntry[], difference: bigint, currency: string): CorrectionEntry[] {
  if (told.some((entry) => entry.currency !== currency)) return []
  const sum = told.reduce((total, { before, after }) => total + minor(after ?? '0') - minor(before ?? '0'), 0n)
  if (sum === difference) return []
  const after = decimal(difference - sum, currency)
  return [{ what: 'other', key: null, currency, before: null, after, changed_at: null }]
}
