import type { Database } from '../../connection/client.ts'
import type { Run } from '../runs/runs.ts'

/** Mails of a run that wait for another attempt, while nothing else of it is under way. */
export interface PutOff {
  readonly count: number
  readonly next: Date
  /** The latest of their first attempts. */
  readonly began: Date
}

/** Undefined where something of the run is due or being done. */
export async function findPutOff(db: Database, run: Run, now: Date): Promise<PutOff | undefined> {
  if (run.status !== 'delivering') return undefined
  const { count, next, began } = await db
    .selectFrom('deliveries')
    .select(({ fn }) => [
      fn.countAll<string>().as('count'),
      fn.min('next_attempt_at').as('next'),
      fn.max('first_attempt_at').as('began'),
    ])
    .where('account_id', '=', run.account_id)
    .where('run_id', '=', run.id)
    .where('resend_of', 'is', null)
    .where(({ or, eb, and }) =>
      or([
        eb('status', 'in', ['pending', 'sending']),
        and([eb('status', '=', 'unknown'), eb('next_attempt_at', 'is not', null)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  return next && began && next > now ? { count: Number(count), next, began } : undefined
}
