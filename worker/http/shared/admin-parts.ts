import type { Queue } from 'bullmq'
import type { JobName } from '../../queue/queue.ts'
import type { Connections } from '../../runtime/connections.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SessionParts } from '../access/session.ts'

export interface AdminParts {
  readonly connections: Pick<Connections, 'client' | 'config' | 'storage' | 'clock' | 'log'>
  readonly runtime: Pick<Runtime, 'context' | 'delivery'>
  readonly queues: Record<JobName, Queue>
  readonly adminToken: string
}

/** What sessions need, here and on the page. */
export const sessionPartsOf = ({ connections, runtime, adminToken }: Omit<AdminParts, 'queues'>): SessionParts => ({
  db: connections.client.db,
  secret: runtime.delivery.settings.secret,
  adminToken,
  secure: connections.config.publicUrl.startsWith('https:'),
  clock: connections.clock,
})
