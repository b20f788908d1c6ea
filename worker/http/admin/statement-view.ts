import { z } from 'zod'
import type { Database } from '../../../db/connection/client.ts'
import { contentIdOf, listStatementParts, type StatementParts } from '../../../db/ledger/statements/contents.ts'
import type { StatementRow, StoredFile } from '../../../db/ledger/statements/statements.ts'
import { findSubjectNames } from '../../../db/ledger/statements/subject-names.ts'
import type { Sealed, Subject } from '../../../templates/statement.ts'
import { deliveryShape, deliveryView } from '../shared/delivery-view.ts'

export const statementShape = z
  .object({
    id: z.string(),
    run_id: z.string(),
    subject: z.looseObject({ kind: z.string(), name: z.string() }),
    revision: z.int(),
    status: z.string(),
    sha256: z.string().nullable(),
    sealed: z.unknown(),
    files: z.array(
      z.object({
        name: z.string(),
        type: z.string(),
        size: z.int(),
        rows: z.int().nullable(),
        sha256: z.string(),
      }),
    ),
    deliveries: z.array(deliveryShape),
    account_id: z.int(),
    provisional: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why it was not sent.' }),
    error: z.string().nullable(),
    replaces: z.string().nullable().meta({ description: 'The earlier statement that it revises or repeats.' }),
    created_at: z.string(),
  })
  .meta({ description: 'The sealed figures for one recipient in a run.' })

/** A statement as HTTP shows it. */
type StatementView = z.output<typeof statementShape>

/**
 * Statements of one account, in their order. One that stayed `unchanged` says what the earlier one says that it repeats
 * (`replaces`): its hash, its figures, its files; of the deliveries only those of its own run.
 */
export async function statementViews(db: Database, rows: readonly StatementRow[]): Promise<StatementView[]> {
  const [first] = rows
  if (!first) return []
  const parts = await listStatementParts(db, first.account_id, rows)
  const unsealed = rows.filter((row) => !parts.contents.get(contentIdOf(row))?.sealed)
  const names = await findSubjectNames(db, unsealed)
  return rows.map((row) => viewOf(row, parts, names))
}

function viewOf(row: StatementRow, parts: StatementParts, names: ReadonlyMap<string, string>): StatementView {
  const contentId = contentIdOf(row)
  const content = parts.contents.get(contentId)
  const sealed = content?.sealed ? (JSON.parse(content.sealed) as Sealed<unknown, unknown>) : null
  const { id, run_id, account_id, revision, status, provisional, reason, error, replaces } = row
  const deliveries = parts.deliveries.filter(
    (one) => one.statement_id === contentId && (contentId === id || one.run_id === run_id),
  )
  return {
    id,
    run_id,
    subject: { ...(sealed?.subject ?? subjectOf(row, names)) },
    revision,
    status,
    sha256: content?.sha256 ?? null,
    sealed,
    files: parts.files.filter((file) => file.statement_id === contentId).map(fileView),
    deliveries: deliveries.map(deliveryView),
    account_id,
    provisional,
    reason,
    error,
    replaces,
    created_at: row.created_at.toISOString(),
  }
}

function subjectOf(row: StatementRow, names: ReadonlyMap<string, string>): Subject {
  const { subject_kind: kind, subject_id: id } = row
  const name = names.get(`${kind}:${id}`) ?? id
  if (kind === 'partner') return { kind, partner_id: id, name }
  return kind === 'funnel' ? { kind, funnel_id: Number(id), name } : { kind: 'account', name }
}

const fileView = ({ name, type, size, rows, sha256 }: StoredFile) => ({
  name,
  type,
  size: Number(size),
  rows: rows === null ? null : Number(rows),
  sha256,
})
