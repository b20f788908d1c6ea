import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { migrateAll } from '../../worker/runtime/connections.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/redis.ts'
import { makeRole, type TestRole } from '../support/roles.ts'
import { insertProgram } from './installation.ts'
import { watch } from './watch.ts'

/** What docs/operating.md says that a process takes, held by the database too: whoever passes it is refused. */
const LEAST = 15
const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))
const TOKEN = 'admin-token-of-the-tests'
let database: TestDatabase
let role: TestRole
let home: string
beforeEach(async () => {
  database = await freshDatabase()
  await migrateAll(database.pool, new Date())
  await insertProgram(database.db, 200)
  role = await makeRole(database, { connections: LEAST })
  home = await mkdtemp(join(tmpdir(), 'bursar-sessions-'))
})
afterEach(async () => {
  await role.drop()
  await database.close()
  await rm(home, { recursive: true, force: true, maxRetries: 5 })
})

function launch(args: string[], more: Record<string, string> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const env = {
    PATH,
    HOME,
    BURSAR_HOME: home,
    DATABASE_URL: role.url,
    DATABASE_CONNECTIONS: String(LEAST),
    LOG_LEVEL: 'warn',
  }
  const secrets = { ADMIN_TOKEN: TOKEN, SECRET: 'secret-of-the-tests-secret' }
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...env, ...secrets, ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  return { child, gone: once(child, 'exit'), said: () => said }
}

/** The most sessions that the role had at a time while `work` was going on, by a look every few milliseconds. */
async function mostDuring(work: Promise<unknown>): Promise<number> {
  const watcher = new pg.Client({ connectionString: database.url })
  await watcher.connect()
  let most = 0
  let isOver = false
  const end = work.finally(() => {
    isOver = true
  })
  while (!isOver) {
    const { rows } = await watcher.query<{ n: number }>(
      'select count(*)::int as n from pg_stat_activity where usename = $1',
      [role.name],
    )
    most = Math.max(most, rows[0]?.n ?? 0)
  }
  await watcher.end()
  await end
  return most
}

it('start, with the fewest sessions it can do with, answers all who ask while it mails a month, and takes no more than it was given', async () => {
  const port = await freePort()
  const { child, gone, said } = launch(['start'], { PORT: String(port), RATE_LIMIT: '1000000' })
  const at = `http://127.0.0.1:${port}`
  let cookie = ''
  const ask = (path: string, init: RequestInit = {}) => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': path, cookie }
    return fetch(`${at}${path}`, {
      redirect: 'manual',
      ...init,
      headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    })
  }
  const login = async () => {
    const form = { method: 'POST', body: new URLSearchParams({ key: TOKEN }), redirect: 'manual' } as const
    const [given = ''] = (await fetch(`${at}/admin/login`, form)).headers.getSetCookie()
    return given.split(';')[0] ?? ''
  }
  const answers: number[] = []
  const isOver = async (id: string) =>
    ['succeeded', 'partial', 'failed'].includes(
      ((await (await ask(`/admin/api/runs/${id}`)).json()) as { status: string }).status,
    )
  const load = async () => {
    await watch(
      async () => (await ask('/health/ready').catch(() => undefined))?.status === 200,
      () => `ready; ${said()}`,
      30,
    )
    cookie = await login()
    const body = JSON.stringify({ report: 'monthly-summary', period: '2025-03', account_id: 1 })
    const { id } = (await (await ask('/admin/api/runs', { method: 'POST', body })).json()) as { id: string }
    const callers = Array.from({ length: 40 }, async (_, n) => {
      for (let asked = 0; asked < 3; asked++) {
        const path =
          n % 2
            ? `/admin/preview?report=monthly-summary&period=2025-03&account_id=1&partners=p${n}&subject=partner:p${n}`
            : '/admin/api/runs'
        const answer = await ask(path)
        await answer.arrayBuffer()
        answers.push(answer.status)
      }
    })
    await Promise.all(callers)
    await watch(
      () => isOver(id),
      () => `the run ends; ${said()}`,
      60,
    )
    child.kill('SIGTERM')
    await gone
  }
  const most = await mostDuring(load())
  expect(most).toBeLessThanOrEqual(LEAST)
  expect(most).toBeGreaterThan(LEAST / 2)
  expect(answers).toEqual(answers.map(() => 200))
  expect(said()).not.toContain('too many connections')
}, 120_000)

it('run and import take no more either', async () => {
  const file = join(home, 'partners.csv')
  await writeFile(
    file,
    `partner_id,name,email,type,created_at\n${Array.from({ length: 5_000 }, (_, n) => `q${n},Q ${n},q${n}@partners.example,referral,2025-01-01`).join('\n')}\n`,
  )
  for (const args of [
    ['import', 'partners', file],
    ['run', 'monthly-summary', '--period', '2025-03'],
  ]) {
    const { gone, said } = launch(args)
    expect(await mostDuring(gone)).toBeLessThanOrEqual(LEAST)
    expect([await gone, said()]).toEqual([[0, null], expect.not.stringContaining('too many connections')])
  }
}, 120_000)
