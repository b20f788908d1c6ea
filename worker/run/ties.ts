import type { Account } from '../../db/access/accounts.ts'
import type { Database, Snapshot } from '../../db/connection/client.ts'
import { findHeld, type Held } from '../../db/ledger/statements/held.ts'
import { findDocuments, type Standing, subjectKey } from '../../db/ledger/statements/standings.ts'
import { listCommissionEntries } from '../../db/queries/commissions.ts'
import { listFactChanges } from '../../db/queries/fact-changes.ts'
import { nextPeriod, type Period, PeriodError, previousPeriod } from '../../jobs/calendar/period.ts'
import { correctionOf } from '../../jobs/correction.ts'
import type { ReportDefinition, RunningBalance, Statement } from '../../jobs/report.ts'
import type { Correction, Sealed } from '../../templates/statement.ts'
import { subjectId } from './subject.ts'

type AnyStatement = Statement<unknown, unknown>

/** How a statement ties with the sealed ones of its neighbours. */
export interface Tie {
  /** Keys of the periods that it does not tie with. */
  readonly untied: readonly string[]
  /** What it says of the earlier one of them. */
  readonly correction?: Correction | undefined
}

/** What was closed and what opens next must tie; where they do not, both statements' readers and whoever runs them are told. */
export interface Ties {
  /** Who closed the period before with a balance: these get a statement even with nothing to say. */
  readonly owed: ReadonlyMap<string, Standing>
  readonly check: (batch: readonly AnyStatement[]) => Promise<ReadonlyMap<AnyStatement, Tie>>
}

interface Asked {
  readonly report: ReportDefinition
  readonly account: Account
  readonly period: Period
  /** Of these only; undefined for everyone. */
  readonly partners: readonly string[] | undefined
}

/** Reads what the neighbours say; a report without a running balance has none. */
export async function openTies(db: Database, snapshot: Snapshot, asked: Asked): Promise<Ties> {
  const { report, account, period, partners } = asked
  const { balance } = report
  if (!balance) return { owed: new Map(), check: async () => new Map() }
  const heldOf = (neighbour: Period | undefined, path: readonly string[]) => {
    if (!neighbour) return new Map<string, Held>()
    const of = { account_id: account.accountId, report: report.name, period: neighbour.key, partners }
    return findHeld(db, of, path)
  }
  const [before, after] = [neighbourOf(previousPeriod, period), neighbourOf(nextPeriod, period)]
  const closed = await heldOf(before, balance.closing)
  const opened = await heldOf(after, balance.opening)
  const owed = [...closed].filter(([, { amount }]) => /[1-9]/.test(amount))
  return {
    owed: new Map(owed.map(([key, { standing }]) => [key, standing])),
    check: async (batch) => {
      const ties = new Map<AnyStatement, Tie>()
      const gaps: Gap[] = []
      for (const statement of batch) {
        const earlier = closed.get(keyOf(statement))
        const isOff = differs(earlier, statement, amountAt(statement, balance.opening))
        const isNextOff = differs(opened.get(keyOf(statement)), statement, amountAt(statement, balance.closing))
        const untied = [...(isOff && before ? [before.key] : []), ...(isNextOff && after ? [after.key] : [])]
        if (untied.length > 0) ties.set(statement, { untied })
        if (isOff && earlier && before) gaps.push({ statement, held: earlier })
      }
      if (before)
        for (const [statement, correction] of await corrections(db, snapshot, { ...asked, balance, before }, gaps))
          ties.set(statement, { untied: ties.get(statement)?.untied ?? [], correction })
      return ties
    },
  }
}

/** The calendar has a first and a last year. */
function neighbourOf(step: (period: Period) => Period, period: Period): Period | undefined {
  try {
    return step(period)
  } catch (error) {
    if (error instanceof PeriodError) return undefined
    throw error
  }
}

/** An amount in another currency cannot be compared. */
const differs = (held: Held | undefined, { currency }: AnyStatement, amount: string | undefined): boolean =>
  held !== undefined && amount !== undefined && held.currency === currency && held.amount !== amount

const keyOf = ({ subject }: AnyStatement): string => subjectKey(subject.kind, subjectId(subject))

function amountAt(statement: AnyStatement, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], statement)
  return typeof found === 'string' ? found : undefined
}

interface Gap {
  readonly statement: AnyStatement
  readonly held: Held
}
interface Between extends Asked {
  readonly balance: RunningBalance<unknown>
  readonly before: Period
}

/** What became of the facts since the earlier statements of a few partners were sealed. */
async function corrections(
  db: Database,
  snapshot: Snapshot,
  { account, period, balance, before }: Between,
  gaps: readonly Gap[],
): Promise<[AnyStatement, Correction][]> {
  if (gaps.length === 0) return []
  const asked = gaps.map(({ statement, held }) => ({ partnerId: subjectId(statement.subject), since: held.createdAt }))
  const partners = asked.map(({ partnerId }) => partnerId)
  const changes = await listFactChanges(snapshot, account.accountId, asked)
  const commissions = await listCommissionEntries(snapshot, account, before, { partners })
  const ids = gaps.map(({ held }) => held.id)
  const documents = await findDocuments(db, account.accountId, ids)
  return gaps.map(({ statement, held }) => {
    const partnerId = subjectId(statement.subject)
    const { rows = [] } = JSON.parse(documents.get(held.id)?.sealed ?? '{}') as Partial<Sealed<unknown, unknown>>
    const correction = correctionOf({
      partnerId,
      currency: statement.currency,
      held: { period: before.key, revision: held.revision, closing: held.amount, listed: balance.listed(rows) },
      opening: amountAt(statement, balance.opening) ?? '0',
      boundary: period.from,
      changes: changes.filter((change) => change.asked === partnerId),
      commissions: commissions.filter((entry) => entry.partner_id === partnerId),
    })
    return [statement, correction]
  })
}
