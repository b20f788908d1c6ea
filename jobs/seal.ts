import { createHash } from 'node:crypto'
import canonicalizeModule from 'canonicalize'
import type { Account } from '../db/accounts.ts'
import type { Change, Sealed } from '../templates/statement.ts'
import { isoInstant, type Period } from './period.ts'
import type { Statement } from './report.ts'

// The package is CommonJS with a default export that its types describe as a module.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined

/** What is equal in every statement of a run. */
export interface SealHead {
  readonly report: string
  readonly revision: number
  readonly provisional: boolean
  readonly account: Account
  readonly period: Period
  readonly asOf: Date
}

/** The sealed document and its canonical form (RFC 8785). */
export function sealStatement(
  head: SealHead,
  statement: Statement<unknown, unknown>,
  changes: readonly Change[],
): { document: Sealed<unknown, unknown>; canonical: string; sha256: string } {
  const { account, period } = head
  const document: Sealed<unknown, unknown> = {
    report: head.report,
    revision: head.revision,
    provisional: head.provisional,
    account: { account_id: account.accountId, name: account.name, time_zone: account.timeZone, locale: account.locale },
    subject: statement.subject,
    period: { key: period.key, from: isoInstant(period.from), to: isoInstant(period.to) },
    as_of: isoInstant(head.asOf),
    currency: statement.currency,
    figures: statement.figures,
    ...(statement.rows && { rows: statement.rows }),
    changes,
  }
  const canonical = canonicalForm(document)
  return { document, canonical, sha256: sha256Of(canonical) }
}

/** The hash that tells whether a statement says anything new: its figures and rows, and the hashes of its exports. */
export function figuresHash(statement: Statement<unknown, unknown>, exports: readonly string[] = []): string {
  return sha256Of(canonicalForm([statement.currency, statement.figures, statement.rows ?? [], ...exports]))
}

function canonicalForm(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a statement has no canonical form: it is undefined')
  return text
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')
