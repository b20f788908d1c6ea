import type { PostgresQueueBackend } from 'bullmq'

/** Where a command of BullMQ 6.7's PostgreSQL backend takes the time from its caller: the place among its parameters. */
const NOW_AT: Readonly<Record<string, number>> = {
  move_to_active: 3,
  move_to_completed_fetch: 9,
  move_to_failed_fetch: 10,
  move_active_to_wait: 3,
  move_stalled_jobs_to_wait: 2,
  extend_lock: 4,
  extend_locks: 4,
  next_signal: 2,
  get_rate_limit_ttl: 2,
  set_rate_limit: 2,
}

type Row = Readonly<Record<string, unknown>>
type Run = (command: string, parameters: unknown[]) => Promise<{ rows: Row[] }>

/**
 * Has a backend's locks, and the search for those that ran out, go by the ledger's time instead of each machine's: a job of a
 * killed worker whose clock was ahead would stay locked until everybody's clock gets there. What it answers of times to
 * come is told in the machine's own time, by which the worker waits. `now`: milliseconds.
 */
export function goByLedgerTime(backend: PostgresQueueBackend, now: () => number): void {
  const inner = backend as unknown as { run: Run }
  const run = inner.run.bind(backend)
  inner.run = async (command, parameters) => {
    const at = NOW_AT[command]
    const given = at === undefined ? parameters : parameters.with(at, Math.round(now()))
    const answer = await run(command, given)
    return command.startsWith('next_') ? { ...answer, rows: answer.rows.map((row) => inOwnTime(row, now())) } : answer
  }
}

function inOwnTime(row: Row, now: number): Row {
  const { next_delay: due } = row
  return due === null || due === undefined ? row : { ...row, next_delay: Math.round(Number(due) - now + Date.now()) }
}
