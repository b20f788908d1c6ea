import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import type { Database } from '../../db/connection/client.ts'
import { findRun, isOpen, openRun, type Run } from '../../db/ledger/runs/runs.ts'
import { parsePeriod } from '../../jobs/calendar/period.ts'
import { insertAccount } from '../support/factories.ts'
import { makeMonths } from '../support/months.ts'
import { type Sink, startSink } from './sink.ts'
import { watch } from './watch.ts'

const HOOK = fileURLToPath(new URL('hook.mjs', import.meta.url))
const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))
const PERIOD = parsePeriod('2025-03', 'UTC')

/** A program of some partners over one database, one home and one sink, worked on by processes that may be killed. */
export interface Installation {
  readonly db: Database
  readonly sink: Sink
  /** Does a command in a process of its own; `clockAhead` in milliseconds, `env` beside the installation's. */
  readonly command: (
    args: readonly string[],
    options?: { clockAhead?: number; env?: Record<string, string> },
  ) => Process
  /** Starts the product as a process of its own; `crashAt` names the step at which it kills itself (hook.mjs). */
  readonly start: (options?: { crashAt?: string; clockAhead?: number; env?: Record<string, string> }) => Process
  /** Opens the run of March 2025 on the ledger; the next process to look finds it. */
  readonly openRun: () => Promise<Run>
  readonly isOver: (run: Run) => Promise<boolean>
  readonly ended: (run: Run, seconds?: number) => Promise<Run>
  /** Every job is gone, of a queue in PostgreSQL. */
  readonly wipeQueue: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface Process {
  readonly child: ChildProcess
  /** SIGKILL, now; returns when it is dead. */
  readonly kill: () => Promise<void>
  /** Settles when it is dead, by whatever. */
  readonly gone: Promise<unknown>
  /** What it said, for a test that fails. */
  readonly said: () => string
}

export async function openInstallation(
  { db, url }: { db: Database; url: string },
  { partners, mailRate, redisUrl }: { partners: number; mailRate: number; redisUrl?: string | undefined },
): Promise<Installation> {
  const home = await mkdtemp(join(tmpdir(), 'bursar-crash-'))
  const sink = await startSink()
  await insertProgram(db, partners)
  const started: Process[] = []
  const env = {
    DATABASE_URL: url,
    BURSAR_HOME: home,
    SMTP_URL: sink.url,
    MAIL_RATE: String(mailRate),
    LOG_LEVEL: 'warn',
    ROLES: 'scheduler,worker',
  }
  const isOver = async (run: Run) => !isOpen((await findRun(db, run.id)) ?? { status: 'failed' })
  const begin = (args: readonly string[], more: Record<string, string>) => {
    const one = launch({ ...SECRETS, ...env, ...(redisUrl && { REDIS_URL: redisUrl }), ...more }, args)
    started.push(one)
    return one
  }
  return {
    db,
    sink,
    command: (args, { clockAhead, env: own = {} } = {}) =>
      begin(args, { ...own, ...(clockAhead && { CLOCK_AHEAD: String(clockAhead) }) }),
    start: ({ crashAt, clockAhead, env: own = {} } = {}) =>
      begin(['start'], {
        ...(crashAt && { CRASH_AT: crashAt }),
        ...(clockAhead && { CLOCK_AHEAD: String(clockAhead) }),
        ...own,
      }),
    openRun: async () => (await openRun(db, REQUEST, new Date())).run,
    isOver,
    ended: async (run, seconds = 100) => {
      await watch(
        () => isOver(run),
        () => `the run ends; ${started.at(-1)?.said()}`,
        seconds,
      )
      return (await findRun(db, run.id)) as Run
    },
    wipeQueue: async () => {
      await sql`drop schema if exists bullmq cascade`.execute(db) // made anew by the next process
    },
    close: async () => {
      await Promise.all(started.map((one) => one.kill()))
      await sink.close()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

const SECRETS = { ADMIN_TOKEN: 'admin-token-of-the-crash-tests', SECRET: 'secret-of-the-crash-tests' }
const REQUEST = {
  accountId: 1,
  report: 'monthly-summary',
  period: PERIOD,
  asOf: PERIOD.to,
  mail: true,
  trigger: 'http',
} as const

function launch(env: Record<string, string>, command: readonly string[]): Process {
  const { PATH = '', HOME = '' } = process.env
  const args = ['--import', HOOK, MAIN, ...command]
  const child = spawn(process.execPath, args, { env: { PATH, HOME, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-20_000)
  })
  const gone = once(child, 'exit')
  const kill = async () => {
    child.kill('SIGKILL')
    await gone
  }
  return { child, kill, gone, said: () => said }
}

/** One account, partners with one to three commissions each in March 2025; amounts and names follow from their numbers. */
export async function insertProgram(db: Database, partners: number): Promise<void> {
  await insertAccount(db, { account_id: 1, name: 'Crash program' })
  await sql`
    insert into partners (account_id, partner_id, name, email, type, programs, uuid, created_at)
    select 1, 'p' || n, 'Partner ' || n, 'p' || n || '@partners.example', 'referral', '{affiliate}', gen_random_uuid(),
      '2024-01-01Z' from generate_series(1, ${partners}::int) n`.execute(db)
  await makeMonths(db, 'commissions', ['2025-03-01'])
  await sql`
    insert into commissions (account_id, commission_id, partner_id, kind, program, product, amount, currency, is_foreign,
      earned_at, available_at)
    select 1, 'c' || n || '-' || i, 'p' || n, 'commission', 'affiliate', 'product', 100 * n + i, 'USD', false,
      timestamptz '2025-03-05Z' + i * interval '1 day', '2025-04-01Z'
    from generate_series(1, ${partners}::int) n, generate_series(1, 1 + n % 3) i`.execute(db)
}
