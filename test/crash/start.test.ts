import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrateAll } from '../../worker/runtime/connections.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freePort, openDoor } from '../support/redis.ts'
import { makeRole } from '../support/roles.ts'
import { watch } from './watch.ts'

/** A server that is started before what it stands on can be reached. */
const HOOK = fileURLToPath(new URL('hook.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))
let database: TestDatabase
let home: string
let closing: (() => unknown)[]
beforeEach(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-start-'))
  closing = []
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await database.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

async function startServer(env: Record<string, string>) {
  const port = await freePort()
  const { PATH = '', HOME = '' } = process.env
  const secrets = { ADMIN_TOKEN: 'admin-token-of-the-tests', SECRET: 'secret-of-the-tests-secret' }
  const child = spawn(process.execPath, ['--import', HOOK, MAIN, 'start'], {
    env: { PATH, HOME, BURSAR_HOME: home, PORT: String(port), LOG_LEVEL: 'info', ...secrets, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const gone = once(child, 'exit')
  closing.push(() => child.kill('SIGKILL') && gone)
  const ask = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined)
    return answer && { status: answer.status, text: await answer.text() }
  }
  return {
    ask,
    gone,
    end: () => child.kill('SIGTERM'),
    said: () => said,
    becomes: (status: number) =>
      watch(
        async () => (await ask('/health/ready'))?.status === status,
        () => `ready answers ${status}; ${said}`,
        30,
      ),
  }
}

it('waits for a database that nobody can reach yet: HTTP lives and says why, a signal ends it, and it goes on when it can', async () => {
  const { hostname, port } = new URL(database.url)
  const door = await openDoor(Number(port || 5432), hostname)
  closing.push(door.shut)
  await door.shut()
  const url = new URL(database.url)
  url.hostname = '127.0.0.1'
  url.port = String(door.port)
  const [one, other] = [await startServer({ DATABASE_URL: url.href }), await startServer({ DATABASE_URL: url.href })]
  for (const server of [one, other]) await server.becomes(503)
  expect((await one.ask('/health/live'))?.status).toBe(200)
  expect((await one.ask('/health/ready'))?.text).toContain('not ready: database (connect ECONNREFUSED)')
  expect((await one.ask('/admin/api/runs'))?.status).toBe(503)
  other.end()
  expect(await other.gone).toEqual([0, null])
  await door.open()
  await one.becomes(200)
  expect(one.said().match(/the database cannot be reached/g)).toHaveLength(1)
}, 60_000)

it('lives without the queue whose connections are refused, says why, and takes jobs when it is back', async () => {
  await migrateAll(database.pool, new Date())
  const role = await makeRole(database, { connections: 2 })
  closing.push(role.drop)
  const server = await startServer({ DATABASE_URL: role.url })
  await server.becomes(503)
  expect((await server.ask('/health/ready'))?.text).toMatch(/queue \((sorry, )?too many (clients|connections)/)
  expect((await server.ask('/health/live'))?.status).toBe(200)
  await role.limit(-1)
  await server.becomes(200)
  server.end()
  expect(await server.gone).toEqual([0, null])
  expect(server.said().match(/the queue is away;/g)?.length).toBeLessThanOrEqual(2)
}, 60_000)

it('a machine whose clock is an hour ahead opens no runs and takes no jobs, and says why', async () => {
  const server = await startServer({ DATABASE_URL: database.url, CLOCK_AHEAD: String(3_600_000) })
  await server.becomes(503)
  const { text = '' } = (await server.ask('/health/ready')) ?? {}
  expect(text).toMatch(/clock \(this machine's clock is 3[56]\d\d s ahead of the database's/)
  expect(server.said().match(/THE CLOCK IS WRONG/g)).toHaveLength(1)
  server.end()
  expect(await server.gone).toEqual([0, null])
}, 60_000)
