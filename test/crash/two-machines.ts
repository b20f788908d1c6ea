import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { openInstallation, type Process } from './installation.ts'
import { type Sink, startSink } from './sink.ts'

/** What goes wrong between machines, at random: the steps of one seed, and what was said on the way. */
export interface TwoMachines {
  readonly step: () => Promise<void>
  /** Ends what is under way, leaves one server running and waits for it to finish everything. */
  readonly settle: () => Promise<void>
  /** What contradicts the promises; [] is right. */
  readonly faults: () => Promise<string[]>
  readonly story: readonly string[]
  readonly close: () => Promise<void>
}

export const PERIODS = ['2025-03', '2025-04', '2025-05']
const PARTNERS = 12
const HOUR_MS = 3_600_000
const AT_ONCE = 3
const MAY_TAKE_S = 150

type Kind =
  | 'right'
  | 'newer time zone data'
  | 'clock ahead'
  | 'no mail server'
  | 'another secret'
  | 'another mail server'
interface Started {
  readonly process: Process
  readonly kind: Kind
  readonly what: string
}

export async function openTwoMachines(
  database: Parameters<typeof openInstallation>[0],
  random: () => number,
  folder: string,
): Promise<TwoMachines> {
  const installation = await openInstallation(database, { partners: PARTNERS, mailRate: 20 })
  const elsewhere = await startSink()
  const { db, sink } = installation
  const servers: Started[] = []
  const commands = new Set<Promise<void>>()
  const found: string[] = []
  const story: string[] = []
  const settings = settingsOf(folder, elsewhere)
  let imported = 0

  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const one = async (query: ReturnType<typeof sql<{ id: string }>>) => pick((await query.execute(db)).rows)?.id
  const isHeldBy = async ({ process }: Started) =>
    (
      await sql<{ n: number }>`select count(*)::int as n from deliveries d join workers w on w.id = d.claimed_by
      where w.pid = ${process.child.pid ?? 0} and d.status = 'sending'`.execute(db)
    ).rows[0]?.n !== 0
  const isUp = ({ process: { child } }: Started) => child.exitCode === null && child.signalCode === null
  const isManned = async () =>
    (await sql`select from workers where settings is not null and seen_at > now() - interval '10 seconds'`.execute(db))
      .rows.length > 0

  /** A machine of the installation may work; one that differs has to refuse, or stand back, and say so. */
  const watchOver = (started: Started) => {
    const { process, kind, what } = started
    const end = process.gone.then(() => {
      const { exitCode: code } = process.child
      if (code === null) return
      const differs = process.said().includes('the settings of this process are not those of its installation')
      const mayNot = !['right', 'newer time zone data', 'clock ahead'].includes(kind)
      if (mayNot !== (code === 2 && differs)) found.push(`${what} with ${kind} ended with ${code}: ${process.said()}`)
    })
    return end
  }
  const command = async (args: readonly string[], kind: Kind) => {
    const process = installation.command(args, settings[kind])
    const started = { process, kind, what: args.join(' ') }
    const end: Promise<void> = watchOver(started).finally(() => commands.delete(end))
    commands.add(end)
    if (random() < 0.2) {
      await pause(random() * 3_000)
      process.child.kill('SIGKILL')
      story.push(`  killed: ${started.what}`)
    }
    if (commands.size >= AT_ONCE) await Promise.race(commands)
  }
  const serve = async (kind: Kind) => {
    const started = { process: installation.start(settings[kind]), kind, what: 'start' }
    servers.push(started)
    void watchOver(started)
  }
  const sane = () => pick(['right', 'newer time zone data', 'clock ahead'] as const)

  const STEPS: Readonly<Record<string, () => Promise<unknown>>> = {
    serve: async () => (servers.filter(isUp).length < 2 ? serve(sane()) : undefined),
    'serve otherwise': async () =>
      serve((await isManned()) ? pick(['no mail server', 'another secret', 'another mail server']) : 'no mail server'),
    kill: async () => pick(servers.filter(isUp))?.process.child.kill('SIGKILL'),
    freeze: async () => {
      const { process } = pick(servers.filter(isUp)) ?? {}
      process?.child.kill('SIGSTOP')
      await pause(random() * 2_000)
      process?.child.kill('SIGCONT')
    },
    run: () => command(['run', 'monthly-summary', '--period', pick(PERIODS)], sane()),
    'run again': () => command(['run', 'monthly-summary', '--period', pick(PERIODS)], sane()),
    'run without mail': () => command(['run', 'monthly-summary', '--period', pick(PERIODS), '--no-mail'], sane()),
    'run otherwise': async () =>
      command(
        ['run', 'monthly-summary', '--period', pick(PERIODS)],
        (await isManned()) ? pick(['another secret', 'another mail server']) : 'no mail server',
      ),
    import: async () => {
      const file = join(folder, `facts-${++imported}.csv`)
      const row = `n${imported},p${1 + Math.floor(random() * PARTNERS)},commission,affiliate,product,${imported}.00,${pick(PERIODS)}-11T00:00:00Z`
      writeFileSync(file, `commission_id,partner_id,kind,program,product,amount,earned_at\n${row}\n`)
      await command(['import', 'commissions', file], sane())
    },
    retry: async () => {
      const id = await one(sql`select id from runs where finished_at is not null order by id`)
      if (id) await command(['retry', id], sane())
    },
    cancel: async () => {
      const id = await one(sql`select id from runs where finished_at is null order by id`)
      if (id) await command(['cancel', id], sane())
    },
    resend: async () => {
      const id = await one(sql`select id from deliveries where status = 'sent' order by id`)
      if (id) await command(['resend', id], sane())
    },
  }

  const settle = async () => {
    await Promise.all(commands)
    for (const { process } of servers) await process.kill()
    await serve('right')
    await ended(
      () => isQuiet(db),
      () => servers.at(-1)?.process.said() ?? '',
    )
    for (const period of PERIODS) {
      const last = installation.command(['run', 'monthly-summary', '--period', period])
      await last.gone
      if (![0, 3].includes(last.child.exitCode ?? -1)) found.push(`the last run of ${period}: ${last.said()}`)
    }
    await ended(
      () => isQuiet(db),
      () => servers.at(-1)?.process.said() ?? '',
    )
  }

  await serve('right')
  await ended(isManned, () => servers[0]?.process.said() ?? '')
  return {
    story,
    settle,
    step: async () => {
      const name = pick(Object.keys(STEPS))
      story.push(name)
      await STEPS[name]?.()
      for (const server of servers.filter((one) => one.kind === 'clock ahead'))
        if (await isHeldBy(server)) found.push('a server whose clock is ahead holds a mail')
      await pause(random() * 800)
    },
    faults: async () => {
      const silent = servers.filter(
        ({ kind, process }) =>
          kind === 'clock ahead' &&
          process.said().includes('bursar is running') &&
          !process.said().includes('THE CLOCK IS WRONG'),
      )
      if (silent.length > 0) found.push('a server whose clock is ahead does not say so')
      if (elsewhere.mails.length > 0) found.push(`${elsewhere.mails.length} mails went to another mail server`)
      return [...found, ...(await faultsOf(db, sink))]
    },
    close: async () => {
      await installation.close()
      await elsewhere.close()
    },
  }
}

/** Data for other zones have changed, as they do a few times a year; this version's are a year older. */
function settingsOf(
  folder: string,
  elsewhere: Sink,
): Record<Kind, { env?: Record<string, string>; clockAhead?: number }> {
  const pinned = createRequire(import.meta.url).resolve('moment-timezone/data/packed/latest.json')
  const data = JSON.parse(readFileSync(pinned, 'utf8')) as { version: string }
  const file = join(folder, 'tzdata.json')
  writeFileSync(file, JSON.stringify({ ...data, version: `${Number(data.version.slice(0, 4)) + 1}a` }))
  return {
    right: {},
    'newer time zone data': { env: { TZDATA_FILE: file } },
    'clock ahead': { clockAhead: HOUR_MS },
    'no mail server': { env: { SMTP_URL: '' } },
    'another secret': { env: { SECRET: 'another-secret-of-the-crash-tests' } },
    'another mail server': { env: { SMTP_URL: elsewhere.url } },
  }
}

type Db = Parameters<typeof openInstallation>[0]['db']

async function isQuiet(db: Db): Promise<boolean> {
  const { rows } = await sql`
    select from runs where finished_at is null
    union all select from deliveries where status in ('pending', 'sending')
      or (status = 'unknown' and next_attempt_at is not null)`.execute(db)
  return rows.length === 0
}

async function ended(look: () => Promise<boolean>, said: () => string): Promise<void> {
  const end = performance.now() + MAY_TAKE_S * 1000
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`not at rest within ${MAY_TAKE_S} s: ${said()}`)
    await pause(200)
  }
}

/** Nothing lost: what each partner was told last is what the facts say. Nothing twice: each mail once, and once more for a kill. */
async function faultsOf(db: Db, sink: Sink): Promise<string[]> {
  const faults: string[] = []
  const { rows: told } = await sql<{ period: string; partner: string; told: string | null; owed: string }>`
    with told as (
      select distinct on (s.subject_id, r.period) s.subject_id, r.period, s.sealed::jsonb #>> '{figures,commission,total}' as total
      from statements s join runs r on r.account_id = s.account_id and r.id = s.run_id
        join deliveries d on d.account_id = s.account_id and d.statement_id = s.id
      where d.status in ('sent', 'unknown') and d.resend_of is null
      order by s.subject_id, r.period, r.revision desc)
    select to_char(c.earned_at at time zone 'UTC', 'YYYY-MM') as period, c.partner_id as partner, t.total as told,
      (sum(c.amount) / 100.0)::numeric(20, 2)::text as owed
    from commissions c left join told t on t.subject_id = c.partner_id and t.period = to_char(c.earned_at at time zone 'UTC', 'YYYY-MM')
    group by 1, 2, 3`.execute(db)
  for (const one of told.filter(({ told, owed }) => told !== owed))
    faults.push(`told otherwise than the facts say: ${JSON.stringify(one)}`)
  const { rows: mails } = await sql<{ message_id: string; status: string; most: number }>`
    select message_id, status, 1 + (select count(*)::int from delivery_attempts a where a.account_id = d.account_id
      and a.delivery_id = d.id and a.outcome in ('died', 'unknown')) as most
    from deliveries d where message_id is not null`.execute(db)
  const left = new Map<string, number>()
  for (const { messageId } of sink.mails) left.set(messageId, (left.get(messageId) ?? 0) + 1)
  for (const { message_id, status, most } of mails) {
    const count = left.get(message_id) ?? 0
    if (count > most) faults.push(`${message_id} left ${count} times, at most ${most}`)
    if (status === 'sent' && count === 0) faults.push(`${message_id} is sent on the ledger and never left`)
    left.delete(message_id)
  }
  for (const unknown of left.keys()) faults.push(`${unknown} is on no ledger`)
  const { rows: open } = await sql<{
    status: string
  }>`select distinct status from deliveries where status in ('failed', 'suppressed')`.execute(db)
  for (const { status } of open) faults.push(`a mail is ${status}, of a server that takes everything`)
  return faults
}
