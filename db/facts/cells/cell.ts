import type { Place } from '../../values/calendar.ts'

/** What cells are read against: the account's calendar decides where a date begins. */
interface CellContext {
  readonly place: Place
}

/** What a column's cells may hold. */
export interface CellType {
  /** PostgreSQL's type of the staged value. */
  readonly sql: string
  /** What a bad cell is told, after "expected". */
  readonly expected: string
  /** Reads filled cells: byte string → what COPY takes for it, or undefined for a bad one. */
  readonly reader: (context: CellContext) => (cell: string) => string | undefined
  /** What makes a good cell worth a warning. `isIn` is asked of filled cells' bytes. */
  readonly doubt?: { readonly called: string; readonly isIn: (cell: string) => boolean }
}

/** A type that needs no context. */
export const cellType = (sql: string, expected: string, read: (cell: string) => string | undefined): CellType => ({
  sql,
  expected,
  reader: () => read,
})

/** Text as COPY's text format has it. */
export const forCopy = (text: string) =>
  SPECIAL.test(text) ? text.replace(EACH_SPECIAL, (c) => ESCAPES[c] ?? c) : text

const SPECIAL = /[\\\t\n\r]/
const EACH_SPECIAL = /[\\\t\n\r]/g
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }
