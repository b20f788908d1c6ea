/** One row of docs/measurements.md: a value beside its peer or its limit, measured in the same run. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What it is held against: another program, a bare query, a limit. */
  readonly peer: string
  readonly peerValue: number
  /** value / peerValue. */
  readonly ratio: number
  /** What is wanted of the ratio, or of the value where the peer is a limit. */
  readonly reach: string
  readonly holds: boolean
}

/** A row, and what `--json` leaves out: how much the measurements differed and what was left smaller than asked for. */
export interface Measured extends Row {
  readonly spread: string
  readonly note: string
}

/** The names that docs/measurements.md has. */
export const NAMES = [
  'render-chromium',
  'render-react-pdf',
  'figures-scan',
  'figures-per-partner',
  'csv-psql',
  'csv-memory',
  'run-stage',
  'run-growth',
  'run-memory',
  'loop-gap',
  'import-copy',
  'api-p99',
  'two-workers',
  'demo',
] as const
export type Name = (typeof NAMES)[number]

/** Where the value should be: at least so many times the peer, at most so many times, or at most the limit itself. */
export type Reach = { readonly least: number } | { readonly most: number } | { readonly limit: number }

export interface Claim {
  readonly name: Name
  readonly unit: string
  readonly peer: string
  readonly reach: Reach
  readonly value: readonly number[]
  /** Empty where the peer is a limit. */
  readonly peerValue?: readonly number[]
  readonly note?: string
}

/** Medians against each other; the verdict follows from the reach. */
export function judge({ name, unit, peer, reach, value, peerValue = [], note = '' }: Claim): Measured {
  const [own, other] = [median(value), 'limit' in reach ? reach.limit : median(peerValue)]
  const ratio = own / other
  const holds = 'least' in reach ? ratio >= reach.least : ratio <= ('most' in reach ? reach.most : 1)
  const spread = [spreadOf(value), ...(peerValue.length ? [spreadOf(peerValue)] : [])].join(' / ')
  const row = { name, value: round(own), unit, peer, peerValue: round(other), ratio: round(ratio) }
  return { ...row, reach: reachText(reach, unit), holds, spread, note }
}

function reachText(reach: Reach, unit: string): string {
  if ('limit' in reach) return `≤ ${reach.limit} ${unit}`
  return 'least' in reach ? `≥ ${reach.least} ×` : `≤ ${reach.most} ×`
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** "±7%": half of what lies between the smallest and the largest, of the median. */
function spreadOf(values: readonly number[]): string {
  if (values.length < 2) return '–'
  return `±${Math.round(((Math.max(...values) - Math.min(...values)) / 2 / median(values)) * 100)}%`
}

const round = (value: number): number => Number(value.toPrecision(4))
