import type { MailFile } from '../statement.ts'

/** All that a mail shows, in the reader's notation: the HTML and the text say the same because both say this. */
export interface MailPage {
  readonly subject: string
  readonly preheader: string
  readonly account: string
  readonly title: string
  readonly period: string
  readonly subjectName: string
  /** One sentence: what happened. */
  readonly lead: string
  readonly notes: readonly { readonly title: string; readonly text: string }[]
  /** The figures that matter, three of them. */
  readonly headlines: readonly Headline[]
  /** Pixels. */
  readonly figureSize: number
  readonly tables: readonly MailTable[]
  readonly filesTitle: string
  readonly files: readonly ShownFile[]
  /** By which hash the statement can be checked. */
  readonly seal: string
  readonly foot: string
  readonly unsubscribeUrl?: string | undefined
  /** `#rrggbb`. */
  readonly brand: string
  readonly onBrand: string
}

export interface Headline {
  readonly label: string
  readonly value: string
  readonly note: string
}

export interface MailTable {
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly align: (column: number) => 'left' | 'right'
  /** Inline style of a cell: numbers stay whole, long texts break anywhere. */
  readonly wrap: (column: number, cell: string) => string
  /** What is not in the table; '' where it is whole. */
  readonly more: string
}

export interface ShownFile extends Pick<MailFile, 'name' | 'sha256'> {
  /** Kind, rows, size, and until when a link works. */
  readonly about: string
  readonly url?: string | undefined
}
