import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createKey, type KeyKind } from '../../../db/access/keys.ts'
import { createHttpServer } from '../../../worker/http/server.ts'
import type { HttpParts } from '../../../worker/http/shared/parts.ts'
import type { TestDatabase } from '../../support/database.ts'

export const ADMIN_TOKEN = 'admin-token-of-the-environment'
export const NOW = new Date('2026-11-20T05:00:00Z')

/** The HTTP server over a test's database; not listening, calls go through `inject`. */
export function serve(database: TestDatabase, parts: Partial<HttpParts> = {}): Promise<FastifyInstance> {
  return createHttpServer({
    db: database.db,
    pool: database.pool,
    config: { rateLimit: 100_000, adminToken: ADMIN_TOKEN, publicUrl: 'http://bursar.test', version: '0.0.0' },
    clock: () => NOW,
    log: pino({ level: 'silent' }),
    ready: async () => ({ database: true, queue: true, migrations: true }),
    ...parts,
  })
}

/** The token of a new key. */
export async function tokenFor({ db }: TestDatabase, kind: KeyKind, accountId?: number, partnerId?: string) {
  return (await createKey(db, { kind, accountId, partnerId, label: `key of ${partnerId ?? accountId}`, now: NOW }))
    .token
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
