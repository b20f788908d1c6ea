import type { Logger } from 'pino'
import type { Database } from '../../db/connection/client.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import type { JobQueue } from '../queue/queue.ts'
import type { Storage } from '../storage/storage.ts'
import type { Reads } from './reads.ts'
import type { Renderer } from './renderer.ts'

/** What the verbs of a run need; nothing here knows which queue, which store or which clock it is. */
export interface RunContext {
  readonly db: Database
  /** Where figures are read: the primary, or a replica that has what the run needs. */
  readonly reads: Reads
  readonly storage: Storage
  readonly queue: JobQueue
  readonly reports: ReadonlyMap<string, ReportDefinition>
  readonly renderer: Renderer
  /** Folder of the accounts' logo files. */
  readonly logos: string
  /** The image as small as a page needs it; LogoError for what is none. */
  readonly scaleLogo: (bytes: Uint8Array) => Promise<Uint8Array>
  readonly clock: () => Date
  readonly log: Logger
}

export interface RunKey {
  readonly accountId: number
  readonly runId: string
}
