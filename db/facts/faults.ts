import { textOf } from './read/bytes.ts'

/** One thing wrong with a file (docs/importing.md). `line` 1 is the header; `column` null where no column can be named. */
export interface Fault {
  readonly file: string
  readonly line: number
  readonly column: string | null
  readonly value: string
  readonly expected: string
}

const LISTED = 20
const VALUE_LENGTH = 200

/**
 * A bad import: nothing of it was kept. `errors` are the first 20 by line, `errorCount` is all of them. The message names
 * none: it may reach a log, where addresses and amounts have no place.
 */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  readonly errors: readonly Fault[]
  readonly errorCount: number

  constructor(lists: readonly FaultList[]) {
    const errors = lists.flatMap((list) => list.first()).slice(0, LISTED)
    const count = lists.reduce((sum, list) => sum + list.count, 0)
    super(`${count} ${count === 1 ? 'error' : 'errors'} in the facts, nothing was imported`)
    this.errors = errors
    this.errorCount = count
  }
}

/** Facts were to be imported for an account that does not exist. */
export class UnknownAccount extends Error {
  override readonly name = 'UnknownAccount'
}

/** What is wrong with one file: keeps the first faults by line and counts the others, so that memory stays bounded. */
export class FaultList {
  readonly file: string
  count = 0
  #faults: Fault[] = []

  constructor(file: string) {
    this.file = file
  }

  /** `value` is the cell's bytes as they were read. */
  add(line: number, column: string | null, value: string, expected: string): void {
    this.addAll(1, [{ line, column, value: textOf(value), expected }])
  }

  /** Faults that the database found: all were counted, the first are shown. A cell that was bad before is not bad twice. */
  addAll(count: number, shown: readonly Omit<Fault, 'file'>[]): void {
    const fresh = shown.filter(({ line, column }) => column === null || !this.#names(line, column))
    this.count += count - (shown.length - fresh.length)
    for (const fault of fresh) this.#faults.push({ file: this.file, ...fault, value: shortened(fault.value) })
    if (this.#faults.length > 10 * LISTED) this.#faults = this.first()
  }

  #names(line: number, column: string): boolean {
    return this.#faults.some((fault) => fault.line === line && fault.column === column)
  }

  first(): Fault[] {
    return this.#faults.toSorted((a, b) => a.line - b.line).slice(0, LISTED)
  }
}

const shortened = (value: string) => (value.length > VALUE_LENGTH ? `${value.slice(0, VALUE_LENGTH)}…` : value)
