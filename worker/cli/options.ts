import { InvalidArgumentError } from 'commander'
import { localDate } from '../../jobs/period.ts'

export function parseAccount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected an account number such as 1')
  return Number(text)
}

/** An ISO 8601 instant with offset or Z. */
export function parseInstant(text: string): Date {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? new Date(text)
    : new Date(Number.NaN)
  const exists = !Number.isNaN(instant.getTime()) && dateExists(text.slice(0, 10))
  if (!exists) throw new InvalidArgumentError('expected an instant such as 2026-11-01T00:00:00Z')
  return instant
}

/** JavaScript takes 30 February for 2 March. */
const dateExists = (date: string): boolean => localDate(new Date(`${date}T00:00:00Z`), 'UTC') === date

export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]
