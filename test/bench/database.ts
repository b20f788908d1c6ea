import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { type Client, openClient } from '../../db/connection/client.ts'
import { ensureFirstAccount } from '../../db/facts/accounts.ts'
import { migrateAll } from '../../worker/runtime/connections.ts'
import type { Stage } from './stage.ts'

export interface BenchDatabase extends Client {
  readonly url: string
  readonly drop: () => Promise<void>
}

/** A database of its own with Bursar's schema and account 1, on the bench's server. */
export async function openDatabase(stage: Stage): Promise<BenchDatabase> {
  const server = await stage.server()
  const name = `bursar_bench_${randomBytes(4).toString('hex')}`
  await onServer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  const client = openClient(url.href, { max: 20 })
  const now = new Date()
  await migrateAll(client.pool, now)
  await ensureFirstAccount(client.db, now, [])
  const drop = async () => {
    await client.close()
    await onServer(server, `drop database if exists ${name} with (force)`)
  }
  return { ...client, url: url.href, drop }
}

async function onServer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
