import type { Selectable } from 'kysely'
import type { Database } from '../connection/client.ts'
import type { Schema } from '../schema.ts'

/** A login by an API key, or by the key of the environment, of which only a MAC is kept. */
interface NewSession {
  readonly keyId: number | null
  readonly environmentMac: string | null
  readonly now: Date
  readonly expires: Date
}

/** Opens a session, and forgets those that are over. Gives back its id. */
export async function insertSession(db: Database, session: NewSession): Promise<string> {
  const { keyId, environmentMac, now, expires } = session
  await db.deleteFrom('sessions').where('expires_at', '<', now).execute()
  const { id } = await db
    .insertInto('sessions')
    .values({ key_id: keyId, environment_mac: environmentMac, created_at: now, expires_at: expires })
    .returning('id')
    .executeTakeFirstOrThrow()
  return id
}

/** Undefined for one that has ended, by its time or by its owner. */
export function findSession(db: Database, id: string, now: Date): Promise<Selectable<Schema['sessions']> | undefined> {
  return db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where('expires_at', '>', now)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
}

export async function endSession(db: Database, id: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ ended_at: now }).where('id', '=', id).where('ended_at', 'is', null).execute()
}
