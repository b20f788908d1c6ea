import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { createKey } from '../../../db/access/keys.ts'
import type { Sunk } from '../candidates/smtp-sink.ts'
import { type Child, openChild } from '../child.ts'
import { type BenchDatabase, openDatabase } from '../database.ts'
import { environmentOf } from '../environment.ts'
import { loadFacts, twoPages } from '../facts.ts'
import { openStage, type Stage } from '../stage.ts'
import { createTraffic, type Traffic } from './traffic.ts'
import { growthOf, type Sample, sample } from './watch.ts'

/**
 * `npm run soak`: ten minutes of runs, imports, requests and killed workers. Prints what grew, and what of the mails was
 * lost or doubled. Exit status 1 where one was lost, or more were doubled than were in flight at the kills.
 */
const PARTNERS = 50
const CONCURRENCY = 10
const EVERY = { runMs: 4_000, importMs: 5_000, askMs: 100, sampleMs: 5_000, killMs: 25_000 }

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const stage = await openStage({ json: false, quick: false, full: false, only: [] }, process.env.BENCH_DATABASE_URL)
const database = await openDatabase(stage)
try {
  process.exitCode = (await soak(stage, database, Number(values.minutes) * 60_000)) ? 0 : 1
} finally {
  await database.drop()
  await stage.close()
}

async function soak(stage: Stage, database: BenchDatabase, ms: number): Promise<boolean> {
  await loadFacts(database, twoPages(PARTNERS), 2)
  const sink = openChild('candidates/smtp-sink')
  const port = await sink.ask<number>('listen')
  const env = (roles: string) =>
    environmentOf(stage, database.url, {
      ROLES: roles,
      SMTP_URL: `smtp://127.0.0.1:${port}`,
      WORKER_CONCURRENCY: String(CONCURRENCY),
    })
  const server = openChild('candidates/http', { env: env('scheduler,worker,http') })
  const address = await server.ask<string>('address')
  const traffic = createTraffic(address, await keysOf(database))
  const samples: Sample[] = []
  let kills = 0
  const pid = server.process.pid as number
  const tasks: Task[] = [
    { everyMs: EVERY.runMs, work: traffic.run },
    { everyMs: EVERY.importMs, work: traffic.importFacts },
    { everyMs: EVERY.askMs, work: traffic.ask },
    { everyMs: EVERY.sampleMs, work: async () => void samples.push(await sample(database, pid)) },
  ]
  const end = performance.now() + ms
  const killing = killWorkers(
    () => openChild('candidates/http', { env: env('worker') }),
    end,
    () => kills++,
  )
  await Promise.all([...tasks.map((task) => repeat(task, end)), killing])
  await drained(database)
  const fine = await report(stage, database, await sink.ask<Sunk>('count'), { kills, traffic, samples })
  await Promise.all([server.close(), sink.close()])
  return fine
}

interface Task {
  readonly everyMs: number
  readonly work: () => Promise<void>
}

async function repeat({ everyMs, work }: Task, end: number): Promise<void> {
  while (performance.now() < end) {
    const next = performance.now() + everyMs
    await work()
    await wait(Math.max(0, next - performance.now()))
  }
}

/** A second worker beside the server's own, killed without a word and started again. */
async function killWorkers(open: () => Child, end: number, onKill: () => void): Promise<void> {
  while (performance.now() < end) {
    const worker = open()
    await worker.ask('address')
    await wait(Math.min(EVERY.killMs, Math.max(0, end - performance.now())))
    worker.process.kill('SIGKILL')
    await worker.close()
    onKill()
  }
}

/** Everything that was asked for is at its end: claims of the killed are taken over within a minute. */
async function drained(database: BenchDatabase): Promise<void> {
  for (;;) {
    const { queued, openRuns } = await sample(database, process.pid)
    if (queued + openRuns === 0) return
    await wait(500)
  }
}

async function keysOf({ db }: BenchDatabase): Promise<{ admin: string; partner: string }> {
  const now = new Date()
  const admin = await createKey(db, { kind: 'admin', label: 'soak', now })
  const partner = await createKey(db, { kind: 'partner', accountId: 1, partnerId: 'p-000001', label: 'soak', now })
  return { admin: admin.token, partner: partner.token }
}

async function report(
  { note }: Stage,
  { db }: BenchDatabase,
  { mails, distinct }: Sunk,
  { kills, traffic, samples }: { kills: number; traffic: Traffic; samples: readonly Sample[] },
): Promise<boolean> {
  const { rows } = await sql<{ runs: number; sent: number; open: number }>`
    select (select count(*)::int from runs where status = 'succeeded') as runs,
      count(*) filter (where status = 'sent')::int as sent, count(*) filter (where status <> 'sent')::int as open
    from deliveries`.execute(db)
  const { runs = 0, sent = 0, open = 0 } = rows[0] ?? {}
  const [lost, doubled, allowed] = [sent - distinct, mails - distinct, kills * CONCURRENCY]
  note(`${runs} runs, ${sent} deliveries sent, ${open} not; ${mails} mails arrived, ${distinct} different ones`)
  note(`${kills} workers killed: ${lost} mails lost, ${doubled} doubled (at most ${allowed} were in flight)`)
  note(`${traffic.refused()} requests were told to come back later`)
  for (const line of growthOf(samples)) note(line)
  return lost === 0 && open === 0 && doubled <= allowed
}
