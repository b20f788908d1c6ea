import type { Writer } from '../../db/connection/client.ts'
import type { Job, JobQueue } from '../queue/queue.ts'
import type { RunContext } from '../run/context.ts'

/** A context whose `db` is a transaction, and whose jobs wait for its end. */
export type UnitOfWork = RunContext & { readonly db: Writer }

/** Does `work` in one transaction and queues its jobs only after that: a worker would look for rows that are not there yet. */
export function inUnitOfWork<T>(context: RunContext, work: (inside: UnitOfWork) => Promise<T>): Promise<T> {
  return queueAfter(context, (queue) => context.db.transaction().execute((db) => work({ ...context, db, queue })))
}

/** Keeps back what `work` queues until it has ended well. */
export async function queueAfter<T>(context: RunContext, work: (queue: JobQueue) => Promise<T>): Promise<T> {
  const jobs: Job[] = []
  const answer = await work({ ...context.queue, add: async (more) => void jobs.push(...more) })
  await context.queue.add(jobs)
  return answer
}
