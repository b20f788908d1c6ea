import type { Writable } from 'node:stream'
import type { Account } from '../db/access/accounts.ts'
import type { Snapshot } from '../db/connection/client.ts'
import type { Sealed, Subject, Template } from '../templates/statement.ts'
import type { Grain, Period } from './calendar/period.ts'

/** One kind of report: what is due, what the figures are, how they look. Knows no clock, queue, mail or process. */
export interface ReportDefinition<Figures = unknown, Row = unknown> {
  /** Stored with every run: never rename. */
  readonly name: string
  readonly title: string
  readonly audience: 'partner' | 'account' | 'either'
  readonly schedule?: { readonly cron: string; readonly period: Grain }
  /** The partner's imported flag that stops this report's mails; unsubscribing works without one too. */
  readonly optOut?: 'send_monthly_summary' | 'send_reseller_weekly_summary'
  /**
   * What in `figures` and `rows` is only a label: a change of it alone makes no revision. Paths: `rows[].product` in each
   * element of a list, `figures.by_product{}` the keys of a map.
   */
  readonly labels: readonly string[]
  readonly balance?: RunningBalance<Row>
  /** Every statement of the run out of one snapshot, set-based; a skip says why a subject gets none. */
  readonly statements: (context: ReportContext) => AsyncIterable<Outcome<Figures, Row>>
  readonly template: Template<Sealed<Figures, Row>>
}

/** What one period closes with, the next has to open with. Paths of amounts in the sealed document. */
export interface RunningBalance<Row> {
  readonly opening: readonly string[]
  readonly closing: readonly string[]
  /** Ids of the commissions that a statement lists. */
  readonly listed: (rows: readonly Row[]) => readonly string[]
}

export interface ReportContext {
  /** One read-only repeatable-read transaction; every figure of the run comes from it. */
  readonly db: Snapshot
  readonly account: Account
  readonly period: Period
  readonly asOf: Date
  /** Only these partners; undefined for everyone. */
  readonly partners?: readonly string[]
  /** These have a statement that would stand wrong if they got none: they get one even with nothing to say. */
  readonly restating?: readonly Subject[]
}

export type Outcome<Figures, Row> = Statement<Figures, Row> | Skip

export interface Statement<Figures, Row> {
  readonly subject: Subject
  readonly currency: string
  readonly figures: Figures
  readonly rows?: readonly Row[]
  /** A CSV too large to seal row by row: streamed out of the snapshot into the store (license-export). */
  readonly export?: (sink: Writable) => Promise<{ readonly rows: number }>
}

/** `no_activity`: nothing to say. */
export interface Skip {
  readonly subject: Subject
  readonly skip: 'no_activity'
}

export const defineReport = <Figures, Row>(definition: ReportDefinition<Figures, Row>) => definition
