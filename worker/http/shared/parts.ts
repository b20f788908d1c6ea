import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type pg from 'pg'
import type { Database } from '../../../db/connection/client.ts'
import type { Readiness } from '../public/health.ts'

export interface HttpConfig {
  /** Requests a minute per key, and per address without one. */
  readonly rateLimit: number
  readonly adminToken?: string | undefined
  /** Where callers reach this server, for the documentation. */
  readonly publicUrl: string
  readonly version: string
  /** Proxies whose word on a caller's address counts: how many hops, or their addresses. Without it nobody's does. */
  readonly trustProxy?: number | readonly string[] | undefined
  /** A reader that takes too little in so long is cut off. */
  readonly slowReaderMs?: number | undefined
}

export interface HttpParts {
  readonly db: Database
  readonly pool: pg.Pool
  readonly config: HttpConfig
  readonly clock: () => Date
  readonly log: FastifyBaseLogger
  readonly ready: () => Promise<Readiness>
  /** Routes of others (admin, page, unsubscribe, files), each in a scope of its own. */
  readonly register?: readonly ((app: FastifyInstance) => void | Promise<void>)[]
}
