import type { Metric } from 'prom-client'
import type { Durations } from '../../db/ledger/runs/tallies.ts'

const NAME = 'bursar_run_duration_seconds'
const BOUNDS = [1, 5, 15, 60, 300, 900, 3600, 14_400]

/**
 * How long runs took, as a histogram out of the ledger: prom-client's own only counts what this process has seen, and
 * forgets it with the process.
 */
export function durationMetric(read: (bounds: readonly number[]) => Promise<readonly Durations[]>): Metric {
  const get = async () => ({
    name: NAME,
    help: 'How long runs took from their start to their end',
    type: 'histogram',
    aggregator: 'sum',
    values: (await read(BOUNDS)).flatMap(valuesOf),
  })
  return { name: NAME, get, reset: () => {} } as unknown as Metric
}

function valuesOf({ report, within, count, seconds }: Durations) {
  const bucket = (le: number | string, value: number) => ({
    metricName: `${NAME}_bucket`,
    labels: { report, le },
    value,
  })
  return [
    ...BOUNDS.map((bound, index) => bucket(bound, within[index] ?? 0)),
    bucket('+Inf', count),
    { metricName: `${NAME}_sum`, labels: { report }, value: seconds },
    { metricName: `${NAME}_count`, labels: { report }, value: count },
  ]
}
