import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { TestDatabase } from './database.ts'

export interface TestRole {
  readonly name: string
  /** Of the database, as this role. */
  readonly url: string
  /** How many sessions it may have; -1: any number. */
  readonly limit: (connections: number) => Promise<void>
  readonly drop: () => Promise<void>
}

/** A role that is no superuser, with all rights on what is in the database. */
export async function makeRole({ db, url }: TestDatabase, { connections = -1 } = {}): Promise<TestRole> {
  const name = `bursar_test_${randomBytes(6).toString('hex')}`
  const owner = (await sql<{ name: string }>`select current_user as name`.execute(db)).rows[0]?.name ?? ''
  await sql`create role ${sql.id(name)} login password 'secret' inherit in role ${sql.id(owner)}
    connection limit ${sql.lit(connections)}`.execute(db)
  const own = new URL(url)
  own.username = name
  own.password = 'secret'
  return {
    name,
    url: own.href,
    limit: async (more) => void (await sql`alter role ${sql.id(name)} connection limit ${sql.lit(more)}`.execute(db)),
    drop: async () => {
      await sql`drop owned by ${sql.id(name)}`.execute(db)
      await sql`drop role ${sql.id(name)}`.execute(db)
    },
  }
}

/** Takes from everybody the right to make schemas and temporary tables. */
export async function revokeMaking({ db, url }: TestDatabase): Promise<void> {
  const database = sql.id(new URL(url).pathname.slice(1))
  await sql`revoke create, temporary on database ${database} from public, current_user`.execute(db)
  await sql`revoke create on schema public from public, current_user`.execute(db)
}
