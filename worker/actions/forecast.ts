import { findAccount } from '../../db/access/accounts.ts'
import { type Database, inSnapshot } from '../../db/connection/client.ts'
import { countSuppressed } from '../../db/ledger/deliveries/suppressions.ts'
import { listRuns } from '../../db/ledger/runs/list.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import { findStandings } from '../../db/ledger/statements/standings.ts'
import type { Period } from '../../jobs/calendar/period.ts'
import { figuresHash } from '../../jobs/figures-hash.ts'
import type { Outcome, ReportDefinition, Statement } from '../../jobs/report.ts'
import type { Subject } from '../../templates/statement.ts'
import { createYielding } from '../flow/yielding.ts'
import type { RunContext } from '../run/context.ts'
import { type Judgement, judge, type Reckoned, type Surroundings } from '../run/judge.ts'
import { findRecipients } from '../run/recipients.ts'
import { reportContext } from '../run/report-context.ts'
import { openTies } from '../run/ties.ts'
import { Refused } from '../values/refused.ts'
import { checkRequest, type RunInput } from './request-run.ts'

/** What a run would do if it were started now. */
export interface Forecast {
  readonly report: ReportDefinition
  readonly period: Period
  readonly asOf: Date
  /** The newest run of the period there is; the next one is a revision of it. */
  readonly latest: Run | undefined
  /** Statements that would be sealed, because they are new or their figures changed. */
  readonly sealed: number
  /** Of these, how many revise one that their reader has. */
  readonly revised: number
  readonly unchanged: number
  /** How many subjects get none, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Mails that would be sent; none in a run without mail. */
  readonly mails: number
  readonly withoutAddress: number
  /** Statements that are sealed and kept only, for their subjects want no mail. */
  readonly optedOut: number
  /** Mails that would not be sent, because their address is suppressed. */
  readonly suppressed: number
  /** The first few who would get a statement, to look at one before anything is mailed. */
  readonly examples: readonly Subject[]
}

const EXAMPLES = 10
const BATCH = 250

/** Computes a run's figures without writing any of them. Refused as `requestRun`. */
export async function forecastRun(context: RunContext, input: RunInput): Promise<Forecast> {
  const { report, period } = await checkRequest(context, input)
  const { accountId, mail } = input
  const account = await findAccount(context.db, accountId)
  if (!account) throw new Refused('unknown', 'account_id', `account ${accountId} does not exist`)
  const asOf = input.asOf ?? period.to
  const partners = input.partners?.length ? input.partners : undefined
  const [latest] = await listRuns(context.db, { report: report.name, period: period.key, accountId, limit: 1 })
  const key = { account_id: accountId, report: report.name, period: period.key, partners }
  const standings = await findStandings(context.db, key)
  const head = { report: report.name, revision: 1, provisional: false, account, period, asOf }
  const { addresses, ...counts } = await context.reads((reads) =>
    inSnapshot(reads, async (db) => {
      const ties = await openTies(context.db, db, { report, account, period, partners })
      const known = new Map([...ties.owed, ...standings])
      const asked = { accountId, report, partners, mail, standings: known }
      const recipients = await findRecipients(context.db, db, asked)
      const outcomes = report.statements(reportContext({ db, account, period, asOf, partners }, known))
      return count(context.db, { head, labels: report.labels, standings, recipients, ties }, outcomes)
    }),
  )
  const suppressed = await countSuppressed(context.db, addresses)
  return { report, period, asOf, latest, ...counts, mails: addresses.length - suppressed, suppressed }
}

async function count(db: Database, around: Surroundings, outcomes: AsyncIterable<Outcome<unknown, unknown>>) {
  const tally = newTally()
  const yieldIfDue = createYielding()
  let batch: Reckoned[] = []
  const judged = async () => {
    for (const judgement of await judge(db, around, batch)) add(tally, judgement)
    batch = []
  }
  for await (const outcome of outcomes) {
    await yieldIfDue()
    if ('skip' in outcome) tally.skipped[outcome.skip] = (tally.skipped[outcome.skip] ?? 0) + 1
    else batch.push({ statement: outcome, figuresSha256: figuresHash(around.labels, outcome, exportsOf(outcome)) })
    if (batch.length === BATCH) await judged()
  }
  await judged()
  return tally
}

/** An export is not written for a look, so it counts as a new one. */
const exportsOf = ({ export: write }: Statement<unknown, unknown>): string[] => (write ? ['not written yet'] : [])

const newTally = () => ({
  skipped: {} as Record<string, number>,
  addresses: [] as string[],
  examples: [] as Subject[],
  sealed: 0,
  revised: 0,
  unchanged: 0,
  withoutAddress: 0,
  optedOut: 0,
})

function add(tally: ReturnType<typeof newTally>, { reckoned, decision, reason }: Judgement): void {
  if (tally.examples.length < EXAMPLES) tally.examples.push(reckoned.statement.subject)
  if (decision.keep) tally.unchanged++
  else tally.sealed++
  if (!decision.keep && decision.revises) tally.revised++
  if (reason === 'no_address' || reason === 'unreadable_address') tally.withoutAddress++
  if (reason === 'opted_out') tally.optedOut++
  tally.addresses.push(...decision.due)
}
