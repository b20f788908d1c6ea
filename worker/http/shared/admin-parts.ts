import type { Queue } from 'bullmq'
import type { JobName } from '../../queue/queue.ts'
import type { Base } from '../../runtime/connections.ts'
import type { Works } from '../../runtime/runtime.ts'
import type { SessionParts } from '../access/session.ts'

export interface AdminParts {
  readonly base: Pick<Base, 'client' | 'config' | 'storage' | 'clock' | 'log'>
  readonly works: Pick<Works, 'context' | 'delivery'>
  readonly queues: Record<JobName, Queue>
  readonly adminToken: string
}

/** What sessions need, here and on the page. */
export const sessionPartsOf = ({ base, works, adminToken }: Omit<AdminParts, 'queues'>): SessionParts => ({
  db: base.client.db,
  secret: works.delivery.settings.secret,
  adminToken,
  secure: base.config.publicUrl.startsWith('https:'),
  clock: base.clock,
})
