import type { Queue } from 'bullmq'
import { collectDefaultMetrics, Gauge, type Metric, Registry } from 'prom-client'
import type { Database } from '../../db/connection/client.ts'
import {
  findOldestDue,
  listLastSuccesses,
  type Tally,
  tallyDurations,
  tallyRows,
  tallyRuns,
} from '../../db/ledger/runs/tallies.ts'
import { listSchedules } from '../../db/ledger/schedules.ts'
import { DELIVERY_STATUSES, RUN_STATUSES, STATEMENT_STATUSES } from '../../db/values/statuses.ts'
import { zoneDataVersion } from '../../db/values/zone.ts'
import { reports } from '../../jobs/index.ts'
import type { JobName } from '../queue/queue.ts'
import { missingRuns } from '../schedule/calendar.ts'
import { durationMetric } from './durations.ts'
import { depthsOf } from './queues.ts'

interface Metrics {
  readonly contentType: string
  /** Prometheus text. Scrapes that come together, or sooner than the ledger is worth asking again, share an answer. */
  readonly text: () => Promise<string>
}

interface MetricsParts {
  readonly db: Database
  readonly queues: Record<JobName, Queue>
  readonly clock: () => Date
}

const KEPT_MS = 5_000

/** What the ledger and the queue say of themselves: the same from every process, whoever did the work. */
export function createMetrics(parts: MetricsParts): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  registry.registerMetric(zoneDataMetric())
  for (const metric of [...ledgerMetrics(parts), ...scheduleMetrics(parts), ...queueMetrics(parts)])
    registry.registerMetric(metric)
  let last: { at: number; text: Promise<string> } | undefined
  return {
    contentType: registry.contentType,
    text: () => {
      const now = performance.now()
      if (!last || now - last.at > KEPT_MS) {
        const text = registry.metrics()
        last = { at: now, text }
        text.catch(() => {
          last = undefined
        })
      }
      return last.text
    },
  }
}

/** By whose rules this process reckons: two values at once say that processes of one installation differ. */
const zoneDataMetric = (): Metric =>
  gauge('bursar_tz_data_info', 'Release of the tz data that the process goes by', ['version'], async () => [
    [{ version: zoneDataVersion() }, 1],
  ])

type Reading<Label extends string> = readonly [labels: Record<Label, string | number>, value: number]

/** A gauge that is read when it is asked for. */
function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => Promise<readonly Reading<Label>[]>,
): Gauge<Label> {
  return new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [],
    async collect() {
      const readings = await read()
      this.reset()
      for (const [labels, value] of readings) this.set(labels, value)
    },
  })
}

function ledgerMetrics({ db, clock }: MetricsParts): Metric[] {
  const states = (name: string, of: string, statuses: readonly string[], read: () => Promise<readonly Tally[]>) =>
    gauge(name, `${of} on the ledger by report and status`, ['report', 'status'], async () => [
      // Zeros first, so that the very first failure is a change.
      ...reports.flatMap(({ name: report }) => statuses.map((status) => [{ report, status }, 0] as const)),
      ...(await read()).map(({ report, status, count }) => [{ report, status }, count] as const),
    ])
  const successes = (name: string, help: string, value: (at: Date) => number) =>
    gauge(name, help, ['report', 'account_id'], async () =>
      (await listLastSuccesses(db)).map(({ report, account_id, at }) => [{ report, account_id }, value(at)] as const),
    )
  const secondsSince = (at: Date) => (clock().getTime() - at.getTime()) / 1000
  return [
    states('bursar_runs', 'Runs', RUN_STATUSES, () => tallyRuns(db)),
    states('bursar_statements', 'Statements', STATEMENT_STATUSES, () => tallyRows(db, 'statements')),
    states('bursar_deliveries', 'Deliveries', DELIVERY_STATUSES, () => tallyRows(db, 'deliveries')),
    durationMetric((bounds) => tallyDurations(db, bounds)),
    successes(
      'bursar_last_success_timestamp_seconds',
      'When a run of the report last succeeded',
      (at) => at.getTime() / 1000,
    ),
    successes('bursar_last_success_age_seconds', 'Seconds since a run of the report last succeeded', secondsSince),
    gauge('bursar_delivery_overdue_seconds', 'How long the delivery that is due longest has been due', [], async () => {
      const due = await findOldestDue(db, clock())
      return [[{}, due ? secondsSince(due) : 0]]
    }),
  ]
}

function scheduleMetrics({ db, clock }: MetricsParts): Metric[] {
  return [
    gauge('bursar_expected_runs_missing', 'Runs that schedules expect and that are not there', LABELS, async () => {
      const schedules = await listSchedules(db, { enabled: true })
      const missing = await missingRuns(db, clock())
      return schedules.map(({ report, account_id }) => [
        { report, account_id },
        missing.filter((item) => item.report === report && item.account_id === account_id).length,
      ])
    }),
  ]
}

const LABELS = ['report', 'account_id'] as const

function queueMetrics({ queues }: MetricsParts): Metric[] {
  return [
    gauge('bursar_queue_jobs', 'Jobs in the queue by state', ['queue', 'state'], async () =>
      (await depthsOf(queues)).flatMap(({ queue, jobs }) =>
        Object.entries(jobs ?? {}).map(([state, count]) => [{ queue, state }, count] as const),
      ),
    ),
    gauge('bursar_queue_up', 'Whether the queue answers', ['queue'], async () =>
      (await depthsOf(queues)).map(({ queue, jobs }) => [{ queue }, jobs ? 1 : 0] as const),
    ),
  ]
}
