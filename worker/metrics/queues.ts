import type { Queue } from 'bullmq'
import { withTimeout } from '../flow/timeout.ts'
import type { JobName } from '../queue/queue.ts'

interface Depth {
  readonly queue: string
  /** By state; undefined where the queue does not answer. */
  readonly jobs: Readonly<Record<string, number>> | undefined
}

const STATES = ['waiting', 'active', 'delayed', 'failed'] as const
/** Missing from BullMQ's type, not from its answers. */
const PAUSED = 'paused' as 'waiting'
type Counts = Readonly<Record<string, number>>
const PATIENCE_MS = 2_000

/** How many jobs lie in each queue. A queue that is away must not hold up a scrape. */
export function depthsOf(queues: Record<JobName, Queue>): Promise<Depth[]> {
  return Promise.all(
    Object.entries(queues).map(async ([name, queue]) => ({
      queue: name,
      jobs: await withTimeout(PATIENCE_MS, queue.getJobCounts(...STATES, PAUSED).then(together)),
    })),
  )
}

/** Those of a paused queue wait like others; where the jobs lie in PostgreSQL they are counted apart. */
const together = ({ paused = 0, waiting = 0, ...jobs }: Counts): Counts => ({ ...jobs, waiting: waiting + paused })
