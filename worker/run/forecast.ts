import { findAccount } from '../../db/accounts.ts'
import { inSnapshot } from '../../db/client.ts'
import { listRuns } from '../../db/ledger/run-list.ts'
import type { Run } from '../../db/ledger/runs.ts'
import { findPredecessors, type Predecessor } from '../../db/ledger/statements.ts'
import { countSuppressed } from '../../db/ledger/suppressions.ts'
import type { Period } from '../../jobs/period.ts'
import type { Outcome, ReportDefinition } from '../../jobs/report.ts'
import { figuresHash } from '../../jobs/seal.ts'
import type { Subject } from '../../templates/statement.ts'
import { checkRequest, type RunInput } from '../run.ts'
import { createBreath } from './breath.ts'
import { type RunContext, RunError } from './context.ts'
import { findRecipients, type Recipients } from './recipients.ts'
import { subjectId } from './subject.ts'

/** What a run would do if it were started now. */
export interface Forecast {
  readonly report: ReportDefinition
  readonly period: Period
  readonly asOf: Date
  /** The newest run of the period there is; the next one is a revision of it. */
  readonly latest: Run | undefined
  /** Statements that would be sealed, because they are new or their figures changed. */
  readonly sealed: number
  /** Of these, how many replace an earlier one. */
  readonly revised: number
  readonly unchanged: number
  /** How many subjects get none, by reason. */
  readonly skipped: Readonly<Record<string, number>>
  /** Mails that would be sent; none in a run without mail. */
  readonly mails: number
  readonly withoutAddress: number
  /** Mails that would not be sent, because their address is suppressed. */
  readonly suppressed: number
  /** The first few who would get a statement, to look at one before anything is mailed. */
  readonly examples: readonly Subject[]
}

const EXAMPLES = 10

/** Computes a run's figures without writing any of them. RunError as `requestRun`. */
export async function forecastRun(context: RunContext, input: RunInput): Promise<Forecast> {
  const { report, period } = await checkRequest(context, input)
  const account = await findAccount(context.db, input.accountId)
  if (!account) throw new RunError('unknown', 'account_id', `account ${input.accountId} does not exist`)
  const asOf = input.asOf ?? period.to
  const [latest] = await listRuns(context.db, {
    report: report.name,
    period: period.key,
    accountId: input.accountId,
    limit: 1,
  })
  const predecessors = await findPredecessors(context.db, {
    account_id: input.accountId,
    report: report.name,
    period: period.key,
  })
  const partners = input.partners?.length ? { partners: [...input.partners] } : {}
  const tally = await context.reads((reads) =>
    inSnapshot(reads, async (db) => {
      const recipients = await findRecipients(context.db, db, {
        account_id: input.accountId,
        report: report.name,
        partners: partners.partners ?? null,
      })
      return count(report.statements({ db, account, period, asOf, ...partners }), predecessors, recipients, input.mail)
    }),
  )
  const { addresses, ...counts } = tally
  const suppressed = await countSuppressed(context.db, addresses)
  return { report, period, asOf, latest, ...counts, mails: addresses.length - suppressed, suppressed }
}

async function count(
  outcomes: AsyncIterable<Outcome<unknown, unknown>>,
  predecessors: ReadonlyMap<string, Predecessor>,
  recipients: Recipients,
  mail: boolean,
) {
  const skipped: Record<string, number> = {}
  const [addresses, examples]: [string[], Subject[]] = [[], []]
  let [sealed, revised, unchanged, withoutAddress] = [0, 0, 0, 0]
  const breathe = createBreath()
  for await (const outcome of outcomes) {
    await breathe()
    if ('skip' in outcome) {
      skipped[outcome.skip] = (skipped[outcome.skip] ?? 0) + 1
      continue
    }
    if (examples.length < EXAMPLES) examples.push(outcome.subject)
    const before = predecessors.get(`${outcome.subject.kind}:${subjectId(outcome.subject)}`)
    const same = before !== undefined && !outcome.export && before.figuresSha256 === figuresHash(outcome)
    if (same) unchanged++
    else sealed++
    if (before && !same) revised++
    if (!mail || (same && before.mailed)) continue
    const to = recipients(outcome.subject)
    if (to.length === 0) withoutAddress++
    addresses.push(...to)
  }
  return { skipped, addresses, examples, sealed, revised, unchanged, withoutAddress }
}
