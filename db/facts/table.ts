import type { CellType } from './cells/cell.ts'

/** One table of facts: what an import wants of its files, and what the database adds to a row. */
export interface FactTable {
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns that identify a row within its account, in order. */
  readonly key: readonly string[]
  readonly references?: readonly Reference[]
  /**
   * The table that says whose row it is where the file does not: `partner_id` is copied from there, and follows when
   * that row goes to another partner. Its key column has the same name here.
   */
  readonly owner?: { readonly table: string; readonly key: string }
  /** Money is in the currency of the row (default: its partner's, then the account's) or always in the account's. */
  readonly currency?: 'row' | 'account'
  /** The column that says in which month's part of the table a row is, for tables partitioned by month (docs/scaling.md). */
  readonly month?: string
  /** Where a row is found by its key alone, if `month` is not in the key: a table of key and `month`. */
  readonly keys?: string
  readonly rules?: readonly Rule[]
  /** Besides the key: columns in which no two rows of an account are alike, and what errors call their value. */
  readonly unique?: readonly { readonly column: string; readonly called: string }[]
  /** A row that was stored and then changes is kept in `fact_changes` as it was and as it is. */
  readonly logged?: true
  /** A partner changes its rows over HTTP too: cells that it set itself (`partner_edits`) are no longer an import's. */
  readonly edited?: true
  /** Rows that were made here, by the column that marks them; where a file names one, these columns have to agree. */
  readonly ours?: { readonly marked: string; readonly agree: readonly string[] }
  /** The table of what is kept beside a row, under its key; it comes and goes with the row. */
  readonly beside?: string
  /** A value made from another cell of the same row and staged as `<column>_default`, where SQL has no means for it. */
  readonly made?: {
    readonly column: string
    readonly from: string
    readonly make: (cell: string, accountId: number) => string
  }
}

export interface Column {
  readonly name: string
  readonly type: CellType & { readonly money?: true }
  /** Whether every file must have the column. */
  readonly required: boolean
  /** SQL over the staged row `s` and the account `a` for an empty cell; without it a required cell must be filled. */
  readonly fallback?: string
  /**
   * SQL over the staged row `s` and the stored row `t`: what a known row has unless a filled cell says otherwise, where a new
   * one has it from other rows. Those change, and the same file again is to change nothing.
   */
  readonly fixed?: string
  /** SQL over a changed row `c`, with the stored one as `c.before`: true where what is stored stays all the same. */
  readonly held?: string
}

/** Columns that must be found in another table of the account; the last of them is named in errors. */
export interface Reference {
  readonly columns: readonly string[]
  readonly table: string
  /** The other table's columns, where they are called differently. */
  readonly to?: readonly string[]
  /** The table that the first column refers to by itself: where that fails already, this is not said as well. */
  readonly within?: string
}

/** A rule over several columns. `broken`: SQL over the staged row `s`, where `value` gives what the table will hold. */
interface Rule {
  readonly column: string
  readonly expected: string
  readonly broken: string | ((value: (column: string) => string) => string)
}

export const required = (name: string, type: CellType): Column => ({ name, type, required: true })

/** The column must be there, its cells may be empty. */
export const mayBeEmpty = (name: string, type: CellType, fallback: string): Column => ({
  name,
  type,
  required: true,
  fallback,
})

export const optional = (name: string, type: CellType, fallback?: string): Column =>
  fallback === undefined ? { name, type, required: false } : { name, type, required: false, fallback }

/** A reference by one column that is called the same on both sides. */
export const refersTo = (table: string, column: string, to = column): Reference => ({
  columns: [column],
  table,
  to: [to],
})

/** What `fallback` gives is fixed when a row is first stored. */
export const fixedOnce = (column: Column, fixed = `t.${column.name}`): Column => ({ ...column, fixed })

/** Where `held` is true of a known row, no file changes the column. */
export const heldWhere = (held: string, column: Column): Column => ({ ...column, held })

/** The table of a file of which only the keys are read. */
export function keysOf(table: FactTable): FactTable {
  const { made: _, ...rest } = table
  const unread = ({ name, type: { sql, expected } }: Column): Column =>
    optional(name, { sql, expected, reader: () => () => NOTHING })
  return {
    ...rest,
    columns: table.columns.map((column) => (table.key.includes(column.name) ? column : unread(column))),
  }
}

/** What COPY takes for no value. */
const NOTHING = '\\N'

export const isFilled = (column: Column) => column.required && column.fallback === undefined
