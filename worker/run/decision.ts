import { lastTold, type Reader, type Standing, type StatementRef } from '../../db/ledger/statements/standings.ts'

/** What a run does for a subject whose figures it has reckoned. `due`: the addresses that are mailed. */
export type Decision =
  /** These figures are sealed already: that statement stands. */
  | { readonly keep: StatementRef; readonly due: readonly string[] }
  /** A statement has to be sealed, as a revision of `revises` where its reader has one. */
  | { readonly keep?: undefined; readonly revises: StatementRef | undefined; readonly due: readonly string[] }

interface Question {
  readonly standing: Standing | undefined
  /** Where a mail of this run would go. */
  readonly addresses: readonly string[]
  /** Whether the statement has the figures of now. */
  readonly isSame: (statement: StatementRef) => boolean
  /** Whether it says, word for word, what would be sealed now as a revision of `revises`, so that it can be mailed as it is. */
  readonly holds: (statement: StatementRef, revises: StatementRef | undefined) => boolean
}

/**
 * What counts is what the reader was last sent, not what was last sealed (docs/definitions.md, Revisions): figures that it has are not sent
 * again, and a statement that it was never sent is nothing that a mail may call replaced.
 */
export function decide({ standing, addresses, isSame, holds }: Question): Decision {
  const told = lastTold(standing)
  const due = addresses.filter((address) => !isTold(standing, address, isSame))
  const revises = told ?? (due.length === 0 ? standing?.current : undefined)
  const kept = [told, standing?.current].find((statement) => statement !== undefined && isSame(statement))
  if (kept && (due.length === 0 || holds(kept, told))) return { keep: kept, due }
  return { revises, due }
}

/** An address that was never tried (a partner's new one, one more on the schedule) stands for the subject. */
function isTold(standing: Standing | undefined, address: string, isSame: Question['isSame']): boolean {
  const has = ({ told, sure }: Reader) => told !== undefined && sure && isSame(told)
  const own = standing?.readers.find((reader) => isReader(standing, reader, address))
  if (own) return has(own)
  const told = lastTold(standing)
  return standing?.readers.some((reader) => reader.told?.id === told?.id && has(reader)) ?? false
}

const isReader = ({ kind }: Standing, reader: Reader, address: string): boolean =>
  kind === 'partner' || reader.address.toLowerCase() === address.toLowerCase()
