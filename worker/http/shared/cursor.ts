import { isUuid } from './fields.ts'
import { invalid } from './problem.ts'

type Mark = string | number

/** The place after a row, as the caller gives it back: opaque base64url of what the rows are ordered by. */
const cursorAfter = (marks: readonly Mark[]): string => Buffer.from(JSON.stringify(marks)).toString('base64url')

/** Rows asked for one more than the page holds: the page, and its cursor, null at the end. */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  marksOf: (row: Row) => readonly Mark[],
): { page: Row[]; next_cursor: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next_cursor: rows.length > limit && last !== undefined ? cursorAfter(marksOf(last)) : null }
}

/** A cursor of lists by instant and id; 400 for anything that is not ours. */
export function readTimeCursor(cursor: string | undefined): { createdAt: Date; id: string } | undefined {
  if (cursor === undefined) return undefined
  const [time, id] = marksOf(cursor)
  const createdAt = new Date(typeof time === 'string' ? time : Number.NaN)
  if (typeof id !== 'string' || id.includes('\0') || Number.isNaN(createdAt.getTime())) throw badCursor()
  return { createdAt, id }
}

/** The same, where the id is a UUID. */
export function readIdCursor(cursor: string | undefined): { createdAt: Date; id: string } | undefined {
  const after = readTimeCursor(cursor)
  if (after && !isUuid(after.id)) throw badCursor()
  return after
}

/** A cursor of lists by a number. */
export function readNumberCursor(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined
  const [number] = marksOf(cursor)
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw badCursor()
  return number
}

function marksOf(cursor: string): readonly unknown[] {
  try {
    const marks: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(marks) && cursorAfter(marks) === cursor) return marks
  } catch {}
  throw badCursor()
}

const badCursor = () => invalid('query', 'cursor', 'expected a next_cursor of an earlier answer')
