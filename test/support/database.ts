import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type Client, openClient } from '../../db/connection/client.ts'

export interface TestDatabase extends Client {
  readonly url: string
}

/** An empty, migrated database of its own. Close it at the end: `afterAll(() => database.close())` drops it. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { server, prefix, template } = inject('databases')
  return createDatabase(server, `${prefix}${randomBytes(6).toString('hex')}`, `template ${template}`)
}

/** A database of its own without any schema, for tests of the migrations themselves. */
export async function bareDatabase(): Promise<TestDatabase> {
  const { server, prefix } = inject('databases')
  return createDatabase(server, `${prefix}${randomBytes(6).toString('hex')}`, '')
}

async function createDatabase(server: string, name: string, how: string): Promise<TestDatabase> {
  await onServer(server, `create database ${name} ${how}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const client = openClient(url.href)
  const close = async () => {
    await client.close()
    await onServer(server, `drop database if exists ${name} with (force)`)
  }
  return { ...client, url: url.href, close }
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
