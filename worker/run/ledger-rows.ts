import { randomUUID } from 'node:crypto'
import type { Run } from '../../db/ledger/runs/runs.ts'
import type { NewDelivery, NewStatement } from '../../db/ledger/statements/statements.ts'
import type { Skip } from '../../jobs/report.ts'
import { type SealHead, sealStatement } from '../../jobs/seal.ts'
import type { Subject } from '../../templates/statement.ts'
import type { Export } from './export.ts'
import type { Judgement } from './judge.ts'
import { subjectId, subjectName } from './subject.ts'

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

export const noRows = (): LedgerRows => ({ statements: [], files: [], deliveries: [] })

/** Writes a run's outcomes down as rows, in their order. */
export function createRowWriter(run: Run, head: SealHead, now: Date) {
  let ordinal = 0

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

  const delivery = (subject: Subject, statementId: string, address: string, due: Date | null): NewDelivery => ({
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
  })

  /** The statement that stands is what is due to whoever was not sent it; it has its files, so its mails are due now. */
  function keep(into: LedgerRows, kept: string, { reckoned, decision, reason, untied }: Judgement): void {
    const { subject } = reckoned.statement
    into.statements.push({ ...base(subject), status: 'unchanged', replaces: kept, reason, untied: listed(untied) })
    into.deliveries.push(...decision.due.map((address) => delivery(subject, kept, address, now)))
  }

  function seal(
    into: LedgerRows,
    revises: string | null,
    { reckoned, decision, remarks, reason, untied }: Judgement,
  ): void {
    const { statement, figuresSha256, exported } = reckoned
    const { subject } = statement
    const row = base(subject)
    const { canonical: sealed, sha256 } = sealStatement(head, statement, remarks)
    into.statements.push({
      ...row,
      status: 'sealed',
      reason,
      sealed,
      sha256,
      figures_sha256: figuresSha256,
      replaces: revises,
      untied: listed(untied),
    })
    into.deliveries.push(...decision.due.map((address) => delivery(subject, row.id, address, null)))
    if (exported) into.files.push(fileRow(row, `${subjectName(subject)}.csv`, exported))
  }

  return {
    skip: (into: LedgerRows, { subject, skip }: Skip) =>
      void into.statements.push({ ...base(subject), status: 'skipped', reason: skip }),
    statement: (into: LedgerRows, judgement: Judgement) => {
      const { decision } = judgement
      if (decision.keep) keep(into, decision.keep.id, judgement)
      else seal(into, decision.revises?.id ?? null, judgement)
    },
  }
}

const listed = (periods: readonly string[]): string[] | null => (periods.length > 0 ? [...periods] : null)

const fileRow = (statement: { account_id: number; id: string }, name: string, stored: Export): NewFile => ({
  account_id: statement.account_id,
  statement_id: statement.id,
  name,
  type: 'text/csv; charset=utf-8',
  size: stored.size,
  rows: stored.rows,
  sha256: stored.sha256,
})
