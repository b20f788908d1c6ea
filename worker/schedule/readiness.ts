import { z } from 'zod'
import type { Database } from '../../db/connection/client.ts'
import { isTable, TABLE_NAMES } from '../../db/facts/tables/index.ts'
import { listWatermarks } from '../../db/facts/watermarks.ts'
import type { Schedule } from '../../db/ledger/schedules.ts'

/** Tables whose watermarks must have reached a period's end before its run may start, and how long that is waited for. */
export interface Readiness {
  readonly tables: readonly string[]
  readonly max_wait_hours: number
}

const DEFAULT_WAIT_HOURS = 48
const LONGEST_WAIT_HOURS = 31 * 24
const HOUR_MS = 3_600_000

const SCHEMA = z.strictObject({
  tables: z
    .array(z.string().refine(isTable, `expected tables out of ${TABLE_NAMES.join(', ')}`))
    .min(1, 'expected at least one table')
    .transform((tables) => [...new Set(tables)]),
  max_wait_hours: z
    .number('expected a number of hours')
    .positive('expected more than 0 hours')
    .max(LONGEST_WAIT_HOURS, `expected at most ${LONGEST_WAIT_HOURS} hours`)
    .default(DEFAULT_WAIT_HOURS),
})

/** What somebody wants as readiness: checked and complete, or a text that says what is wrong with it. */
export function parseReadiness(value: unknown): Readiness | string {
  const parsed = SCHEMA.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  return `${where}${issue?.message ?? 'not readable'}; expected such as {"tables": ["commissions"], "max_wait_hours": 48}`
}

/** Whether the facts of a period are complete, and since when that is known; a schedule that demands nothing always is ready. */
export interface Ready {
  readonly ready: boolean
  readonly since?: Date
}

/** Asks the account's watermarks once for any number of runs. */
export async function readinessOf(
  db: Database,
  accountId: number,
): Promise<(schedule: Pick<Schedule, 'readiness'> | undefined, periodTo: Date) => Ready> {
  const watermarks = new Map((await listWatermarks(db, accountId)).map((mark) => [mark.table, mark]))
  return (schedule, periodTo) => {
    const { tables = [] } = demandOf(schedule) ?? {}
    const marks = tables.map((table) => watermarks.get(table))
    const ready = marks.every((mark) => mark !== undefined && mark.completeThrough >= periodTo)
    const latest = Math.max(...marks.map((mark) => mark?.setAt.getTime() ?? 0))
    return { ready, ...(ready && tables.length > 0 && { since: new Date(latest) }) }
  }
}

/** Until when a run that starts waiting at `now` waits; undefined where its schedule demands nothing. */
export function waitUntil(schedule: Pick<Schedule, 'readiness'>, now: Date): Date | undefined {
  const demand = demandOf(schedule)
  return demand && new Date(now.getTime() + demand.max_wait_hours * HOUR_MS)
}

/** The column was checked when it was written. */
const demandOf = (schedule: Pick<Schedule, 'readiness'> | undefined): Readiness | undefined =>
  (schedule?.readiness ?? undefined) as Readiness | undefined
