import { randomUUID } from 'node:crypto'
import { PassThrough } from 'node:stream'
import type { Account } from '../../db/accounts.ts'
import type { Run } from '../../db/ledger/runs.ts'
import type { NewDelivery, NewStatement, Predecessor } from '../../db/ledger/statements.ts'
import { changesBetween } from '../../jobs/changes.ts'
import { parsePeriod } from '../../jobs/period.ts'
import type { Outcome, Statement } from '../../jobs/report.ts'
import { figuresHash, type SealHead, sealStatement } from '../../jobs/seal.ts'
import type { Sealed, Subject } from '../../templates/statement.ts'
import type { Stored } from '../storage.ts'
import { createBreath } from './breath.ts'
import type { RunContext } from './context.ts'
import type { Recipients } from './recipients.ts'
import { subjectId, subjectName } from './subject.ts'

export type Batch = Outcome<unknown, unknown>[]
type Export = Stored & { readonly rows: number }
type NewFile = {
  account_id: number
  statement_id: string
  name: string
  type: string
  size: number
  rows: number
  sha256: string
}

export interface LedgerRows {
  readonly statements: NewStatement[]
  readonly files: NewFile[]
  readonly deliveries: NewDelivery[]
}

interface Surroundings {
  readonly run: Run
  readonly account: Account
  readonly predecessors: ReadonlyMap<string, Predecessor>
  readonly recipients: Recipients
}

/** Turns computed statements into ledger rows: sealed, unchanged or skipped, with the deliveries they call for. */
export function createSealer(context: RunContext, around: Surroundings) {
  const { run, account } = around
  const head: SealHead = {
    report: run.report,
    revision: run.revision,
    provisional: run.provisional,
    account,
    period: parsePeriod(run.period, run.time_zone),
    asOf: run.as_of,
  }
  let ordinal = 0
  const breathe = createBreath()
  const now = context.clock()

  const base = (subject: Subject) => ({
    account_id: run.account_id,
    run_id: run.id,
    id: randomUUID(),
    subject_kind: subject.kind,
    subject_id: subjectId(subject),
    ordinal: ordinal++,
    revision: run.revision,
    provisional: run.provisional,
    created_at: now,
  })

  const deliveries = (subject: Subject, statementId: string, due: Date | null): NewDelivery[] =>
    (run.mail ? around.recipients(subject) : []).map((address) => ({
      account_id: run.account_id,
      id: randomUUID(),
      run_id: run.id,
      statement_id: statementId,
      subject_kind: subject.kind,
      subject_id: subjectId(subject),
      address,
      status: 'pending',
      next_attempt_at: due,
      created_at: now,
    }))

  /** Why a statement that exists is not mailed; null where it is (SPEC 6.7). */
  const unsent = (subject: Subject): string | null => (run.mail ? around.recipients.why(subject) : 'mail_off')

  async function sealOne(
    into: LedgerRows,
    statement: Statement<unknown, unknown>,
    before: Map<string, Sealed<unknown, unknown>>,
  ) {
    const row = base(statement.subject)
    const exported = statement.export && (await store(context, statement.export))
    const hash = figuresHash(statement, exported ? [exported.sha256] : [])
    const predecessor = around.predecessors.get(`${row.subject_kind}:${row.subject_id}`)
    if (predecessor?.figuresSha256 === hash) {
      // Sealed once and never mailed (a run without mail, or a cancelled one): what is due to the subject is that statement.
      const sent = predecessor.mailed ? [] : deliveries(statement.subject, predecessor.id, now)
      into.statements.push({ ...row, status: 'unchanged', replaces: predecessor.id })
      into.deliveries.push(...sent)
      return
    }
    const changes = predecessor ? changesBetween(before.get(predecessor.id) ?? { figures: {} }, statement) : []
    const { canonical, sha256 } = sealStatement(head, statement, changes)
    const sent = deliveries(statement.subject, row.id, null)
    into.statements.push({
      ...row,
      status: 'sealed',
      reason: unsent(statement.subject),
      sealed: canonical,
      sha256,
      figures_sha256: hash,
      replaces: predecessor?.id ?? null,
    })
    into.deliveries.push(...sent)
    if (exported) into.files.push(fileRow(row, `${subjectName(statement.subject)}.csv`, exported))
  }

  /** The documents that a batch's statements may replace, read at once. */
  async function replaced(batch: Batch): Promise<Map<string, Sealed<unknown, unknown>>> {
    const ids = batch.flatMap(
      ({ subject }) => around.predecessors.get(`${subject.kind}:${subjectId(subject)}`)?.id ?? [],
    )
    if (ids.length === 0) return new Map()
    const rows = await context.db
      .selectFrom('statements')
      .select(['id', 'sealed'])
      .where('account_id', '=', run.account_id)
      .where('id', 'in', ids)
      .execute()
    return new Map(rows.map((row) => [row.id, JSON.parse(row.sealed ?? 'null') as Sealed<unknown, unknown>]))
  }

  return {
    async seal(batch: Batch): Promise<LedgerRows> {
      const into: LedgerRows = { statements: [], files: [], deliveries: [] }
      const before = await replaced(batch)
      for (const outcome of batch) {
        await breathe()
        if ('skip' in outcome)
          into.statements.push({ ...base(outcome.subject), status: 'skipped', reason: outcome.skip })
        else await sealOne(into, outcome, before)
      }
      return into
    },
  }
}

const fileRow = (statement: { account_id: number; id: string }, name: string, stored: Export): NewFile => ({
  account_id: statement.account_id,
  statement_id: statement.id,
  name,
  type: 'text/csv; charset=utf-8',
  size: stored.size,
  rows: stored.rows,
  sha256: stored.sha256,
})

/** Streams an export out of the snapshot into the store; both ends fail together. */
async function store(context: RunContext, write: NonNullable<Statement<unknown, unknown>['export']>): Promise<Export> {
  const pipe = new PassThrough()
  const stored = context.storage.putStream(pipe)
  const [file, { rows }] = await Promise.all([
    stored,
    write(pipe).catch((error: Error) => {
      pipe.destroy(error)
      throw error
    }),
  ])
  return { ...file, rows }
}
