import { setTimeout as wait } from 'node:timers/promises'
import { createKey } from '../../../db/access/keys.ts'
import { openChild } from '../child.ts'
import type { BenchDatabase } from '../database.ts'
import { environmentOf } from '../environment.ts'
import { judge, type Measured, median } from '../row.ts'
import type { Stage } from '../stage.ts'
import { type Request, requestsOf } from './api-paths.ts'

const PER_SECOND = 50
const PARTNERS = 20

/**
 * `api-p99`: fifty requests a second, each at its moment whatever became of those before it, and timed from that moment:
 * a server that stalls cannot hide it. Every endpoint family, twenty partners in turn.
 */
export async function apiRow(stage: Stage, database: BenchDatabase): Promise<Measured[]> {
  await addPipeline(database)
  const requests = await signedRequests(database)
  const server = openChild('candidates/http', { env: environmentOf(stage, database.url, { ROLES: 'http' }) })
  try {
    const address = await server.ask<string>('address')
    for (const request of requests.slice(0, requests.length / PARTNERS)) await send(address, request) // a first look at each
    const seconds = stage.options.quick ? 3 : 20
    const answers = await atTheirMoments(address, requests, seconds * PER_SECOND)
    slowest(stage, answers)
    const times = answers.map(({ ms }) => ms).sort((a, b) => a - b)
    const p99 = times[Math.ceil(times.length * 0.99) - 1] as number
    const note = `${times.length} requests to ${requests.length / PARTNERS} addresses, median ${median(times).toFixed(1)} ms, slowest ${Math.max(...times).toFixed(0)} ms, no error`
    return [judge({ name: 'api-p99', unit: 'ms', peer: 'limit', reach: { limit: 50 }, value: [p99], note })]
  } finally {
    await server.close()
  }
}

interface Signed extends Request {
  readonly token: string
}
interface Answer {
  readonly path: string
  readonly ms: number
}

async function signedRequests({ db }: BenchDatabase): Promise<Signed[]> {
  const now = new Date()
  const account = await createKey(db, { kind: 'account', accountId: 1, label: 'bench', now })
  const all: Signed[] = []
  for (let number = 1; number <= PARTNERS; number++) {
    const partnerId = `p-${String(number * 5).padStart(6, '0')}`
    const partner = await createKey(db, { kind: 'partner', accountId: 1, partnerId, label: 'bench', now })
    const { uuid } = await db
      .selectFrom('partners')
      .select('uuid')
      .where('partner_id', '=', partnerId)
      .executeTakeFirstOrThrow()
    const requests = requestsOf({ number: number * 5, uuid })
    all.push(...requests.map((one) => ({ ...one, token: (one.key === 'partner' ? partner : account).token })))
  }
  return all
}

async function atTheirMoments(address: string, requests: readonly Signed[], count: number): Promise<Answer[]> {
  const began = performance.now()
  const under: Promise<Answer>[] = []
  for (let i = 0; i < count; i++) {
    const moment = began + (i * 1000) / PER_SECOND
    await wait(Math.max(0, moment - performance.now()))
    // A prime step: neighbours in time are neither of one partner nor of one family.
    under.push(send(address, requests[(i * 37) % requests.length] as Signed, moment))
  }
  return Promise.all(under)
}

async function send(address: string, { path, token }: Signed, moment = performance.now()): Promise<Answer> {
  const response = await fetch(`${address}${path}`, { headers: { authorization: `Bearer ${token}` } })
  const body = await response.text()
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${body.slice(0, 300)}`)
  return { path, ms: performance.now() - moment }
}

function slowest({ note }: Stage, answers: readonly Answer[]): void {
  const worst = [...answers].sort((a, b) => b.ms - a.ms).slice(0, 5)
  note(`api: slowest ${worst.map(({ path, ms }) => `${path} ${ms.toFixed(0)} ms`).join('; ')}`)
}

/** A pipeline of a tenth of a million deals, beside the five million facts. */
async function addPipeline({ pool }: BenchDatabase): Promise<void> {
  await pool.query(`
    insert into funnels (account_id, funnel_id, name) values (1, 1, 'Sales');
    insert into stages (account_id, funnel_id, stage_id, name, position) select 1, 1, i, 'Stage ' || i, i from generate_series(1, 5) i;
    insert into agents (account_id, agent_id, name) select 1, i, 'Agent ' || i from generate_series(1, 20) i;
    insert into deals (account_id, deal_id, funnel_id, stage_id, agent_id, partner_id, value, currency, is_foreign, status, created_at, closed_at)
    select 1, 'deal-' || i, 1, i % 5 + 1, i % 20 + 1, 'p-' || lpad((i * 7919 % (select count(*) from partners) + 1)::text, 6, '0'),
      1000 + i % 50000, 'USD', false, (array['open', 'won', 'lost'])[i % 3 + 1],
      timestamptz '2024-11-01' + i * interval '10 minutes',
      case when i % 3 > 0 then timestamptz '2024-11-01' + i * interval '10 minutes' + interval '9 days' end
    from generate_series(1, 100000) i;
    analyze`)
}
