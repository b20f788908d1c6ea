import type { ActingScope } from '../queries/data/scope.ts'
import { insertAudit } from './audit.ts'

type Fields = Readonly<Record<string, string | boolean | null | undefined>>

/** What of `after` differs from `before`; of a row that was not there, what is filled in. What is undefined says nothing. */
export const changedFields = (before: Fields | undefined, after: Fields): string[] =>
  Object.keys(after).filter((name) => after[name] !== undefined && (before?.[name] ?? null) !== after[name])

/** Puts on record that the partner set these cells itself: from now on an import leaves them alone. */
export async function noteEdits(
  { db, account, partnerId, now, actor }: ActingScope,
  table: string,
  columns: readonly string[],
): Promise<void> {
  const row = { account_id: account.accountId, table_name: table, partner_id: partnerId, set_at: now, actor }
  await db
    .insertInto('partner_edits')
    .values(columns.map((column_name) => ({ ...row, column_name })))
    .onConflict((conflict) =>
      conflict
        .columns(['account_id', 'table_name', 'partner_id', 'column_name'])
        .doUpdateSet({ set_at: row.set_at, actor: row.actor }),
    )
    .execute()
}

/** Writes down which fields the partner changed, in the transaction of the change. */
export async function auditEdit(
  { db, account, partnerId, now, actor }: ActingScope,
  action: string,
  fields: readonly string[],
  before: Fields | undefined,
  after: Fields,
): Promise<void> {
  const shown = (values: Fields) => Object.fromEntries(fields.map((name) => [name, veiled(name, values[name] ?? null)]))
  await insertAudit(db, {
    at: now,
    actor,
    action,
    target: partnerId,
    accountId: account.accountId,
    before: before && shown(before),
    after: shown(after),
  })
}

/** Yes and no, and what sorts a payee; that is nobody's secret. */
const PLAIN = ['type', 'country']

/**
 * The log outlives what it speaks of, and many read it (docs/operating.md, Watching it): of a person's words it says that there were some, of a
 * payout address and a VAT number as much as it takes to tell one from another.
 */
function veiled(name: string, value: string | boolean | null): string | boolean | null {
  if (typeof value !== 'string' || PLAIN.includes(name)) return value
  if (name === 'paypal') return `${[...value][0] ?? ''}…${value.slice(value.lastIndexOf('@'))}`
  return name === 'vat' ? `…${value.slice(-3)}` : '…'
}
