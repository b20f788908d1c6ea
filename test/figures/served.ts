import { afterAll, beforeAll } from 'vitest'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { bearer, NOW, serve } from '../worker/http/serve.ts'
import type { Micros } from './calendar.ts'
import { importWorld } from './import.ts'
import type { Window } from './reckon/data.ts'
import { WORLDS } from './worlds.ts'

/** The instant at which the server is asked. */
export const now: Micros = BigInt(NOW.getTime()) * 1000n

/** Ranges as the Text endpoints take them: to the second, whole days, and more than ten months. */
export const SPANS = [
  ['2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z'],
  ['2026-02-28', '2026-04-01'],
  ['2025-12-30T10:10:10Z', '2026-11-02T04:59:59Z'],
] as const

/** Three accounts with the same ids of partners, licences and campaigns. */
export const SERVED = WORLDS.filter(({ account }) => [1, 3, 6].includes(account))

export type Query = Readonly<Record<string, string | undefined>>

/** The HTTP server over the worlds' facts, for the tests of a file. */
export function served() {
  let database: TestDatabase
  let app: Awaited<ReturnType<typeof serve>>
  beforeAll(async () => {
    database = await freshDatabase()
    for (const world of SERVED) await importWorld(database, world)
    app = await serve(database)
  }, 60_000)
  afterAll(async () => {
    await app.close()
    await database.close()
  })
  return {
    database: () => database,
    /** The JSON of an endpoint; fails where it answers anything but 200. */
    async ask(key: string, path: string, query: Query = {}, method: 'GET' | 'POST' = 'GET'): Promise<unknown> {
      const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
      const answer = await app.inject({ method, url: path, query: Object.fromEntries(given), headers: bearer(key) })
      if (answer.statusCode === 200) return answer.json()
      throw new Error(`${method} ${path} ${JSON.stringify(given)} answered ${answer.statusCode}: ${answer.body}`)
    },
  }
}

export const inWindow = (at: Micros | undefined, window: Window) =>
  at !== undefined && at >= window.from && at < window.to
