import type { Account } from '../db/access/accounts.ts'
import { sha256Of } from '../db/values/sha256.ts'
import type { Change, Correction, Replaced, Sealed } from '../templates/statement.ts'
import { isoInstant, type Period } from './calendar/period.ts'
import { canonicalForm } from './canonical.ts'
import type { Statement } from './report.ts'

/** What is equal in every statement of a run. */
export interface SealHead {
  readonly report: string
  readonly revision: number
  readonly provisional: boolean
  readonly account: Account
  readonly period: Period
  readonly asOf: Date
}

/** What a statement says beside its figures: of the one that its reader had before, and of the period before. */
export interface Remarks {
  readonly replaces?: Replaced | undefined
  readonly changes: readonly Change[]
  readonly correction?: Correction | undefined
}

/** The sealed document and its canonical form (RFC 8785). */
export function sealStatement(
  head: SealHead,
  statement: Statement<unknown, unknown>,
  { replaces, changes, correction }: Remarks = { changes: [] },
): { document: Sealed<unknown, unknown>; canonical: string; sha256: string } {
  const { account, period } = head
  const document: Sealed<unknown, unknown> = {
    report: head.report,
    revision: head.revision,
    provisional: head.provisional,
    account: { account_id: account.accountId, name: account.name, time_zone: period.timeZone, locale: account.locale },
    subject: statement.subject,
    period: { key: period.key, from: isoInstant(period.from), to: isoInstant(period.to) },
    as_of: isoInstant(head.asOf),
    currency: statement.currency,
    figures: statement.figures,
    ...(statement.rows && { rows: statement.rows }),
    changes,
    ...(replaces && { replaces }),
    ...(correction && { correction }),
  }
  const canonical = canonicalForm(document)
  return { document, canonical, sha256: sha256Of(canonical) }
}
