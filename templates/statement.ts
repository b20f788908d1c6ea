/**
 * The sealed document (docs/definitions.md, Statements): what a statement says, and all that a template may know of it.
 * Money is a decimal string; instants are ISO 8601 in UTC; rates are percentages with one decimal or null.
 */
export interface Sealed<Figures, Row = never> {
  readonly report: string
  readonly revision: number
  readonly provisional: boolean
  readonly account: {
    readonly account_id: number
    readonly name: string
    readonly time_zone: string
    readonly locale: string
  }
  readonly subject: Subject
  readonly period: { readonly key: string; readonly from: string; readonly to: string }
  readonly as_of: string
  readonly currency: string
  readonly figures: Figures
  readonly rows?: readonly Row[]
  readonly changes: readonly Change[]
  /** The statement that this one revises: the last one that its reader was sent. Absent where there is none, and in what was sealed before it was written down. */
  readonly replaces?: Replaced
  /** Where the statement of the period before closed with something else than this one opens with. */
  readonly correction?: Correction
}

export type Subject =
  | { readonly kind: 'partner'; readonly partner_id: string; readonly name: string }
  | { readonly kind: 'account'; readonly name: string }
  | { readonly kind: 'funnel'; readonly funnel_id: number; readonly name: string }

/** What lies between two statements that do not tie. Money as decimal strings; `difference` is opening − closing. */
export interface Correction {
  /** Key of the period before. */
  readonly period: string
  readonly revision: number
  readonly closing: string
  readonly opening: string
  readonly difference: string
  readonly entries: readonly CorrectionEntry[]
}

/** What an entry counted for in the balance when the earlier statement was sealed, and counts for now; null: nothing. */
export interface CorrectionEntry {
  readonly what: CorrectionKind
  /** Of the commission or withdrawal; null for what cannot be told apart. */
  readonly key: string | null
  readonly currency: string
  readonly before: string | null
  readonly after: string | null
  /** null where nobody knows when. */
  readonly changed_at: string | null
}

export type CorrectionKind =
  | `${'commission' | 'withdrawal'}_${'changed' | 'redated' | 'moved_away' | 'moved_here' | 'voided' | 'restored'}`
  | 'withdrawal_rejected'
  | 'withdrawal_reopened'
  | 'commission_late'
  | 'other'

export interface Replaced {
  readonly revision: number
  readonly sha256: string
}

/** One figure that a revision changed; `before` is null where there was none, `after` where there is none any more. */
export interface Change {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** What a page needs beside the sealed document; nothing of it changes a figure. */
export interface Dress {
  /** SHA-256 of the sealed document, hex. */
  readonly sha256: string
  /** `#rrggbb`, the account's, or undefined for ours. */
  readonly brandColor?: string
  /** PNG or JPEG bytes. */
  readonly logo?: Uint8Array
  /** Locale the reader reads in: the partner's, else the account's (BCP 47). */
  readonly locale: string
}

export interface CsvFile {
  /** '' for the statement's main CSV, 'paypal' for `<subject>.paypal.csv`. */
  readonly suffix: string
  readonly rows: number
  readonly bytes: Uint8Array
}

/** What a mail says, before addresses and attachments: both bodies hold the same content. */
export interface MailBody {
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** What a mail is told about its surroundings; links are absolute. */
export interface MailDress extends Dress {
  readonly unsubscribeUrl?: string
  readonly files: readonly MailFile[]
}
export interface MailFile {
  readonly name: string
  readonly size: number
  readonly rows?: number
  readonly sha256: string
  /** Set where the file is too large to attach. */
  readonly url?: string
}

/** How one report looks. Pure: sealed document in, bytes out; the same document gives the same bytes. */
export interface Template<S> {
  /** Absent where a report has no PDF (license-export). */
  readonly pdf?: (statement: S, dress: Dress) => Promise<Uint8Array>
  /** Absent where the CSV is streamed out of the snapshot instead. */
  readonly csv?: (statement: S) => readonly CsvFile[]
  readonly mail: (statement: S, dress: MailDress) => Promise<MailBody>
}
