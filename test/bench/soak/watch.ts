import { readdirSync, readFileSync } from 'node:fs'
import { sql } from 'kysely'
import type { BenchDatabase } from '../database.ts'
import { median } from '../row.ts'

/** What must not grow. Memory and open files are those of the process that lives longest; Linux only, else NaN. */
export interface Sample {
  readonly memoryMb: number
  readonly openFiles: number
  readonly connections: number
  readonly queued: number
  readonly openRuns: number
}

export async function sample({ db }: BenchDatabase, pid: number): Promise<Sample> {
  const { rows } = await sql<{ connections: number; queued: number; runs: number }>`
    select (select count(*)::int from pg_stat_activity where datname = current_database()) as connections,
      (select count(*)::int from deliveries where status in ('pending', 'sending')) as queued,
      (select count(*)::int from runs where finished_at is null) as runs`.execute(db)
  const { connections = 0, queued = 0, runs = 0 } = rows[0] ?? {}
  return { memoryMb: memoryOf(pid), openFiles: openFilesOf(pid), connections, queued, openRuns: runs }
}

/** Median of the last third against that of the first, each thing on a line. */
export function growthOf(samples: readonly Sample[]): string[] {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const of = (some: readonly Sample[], name: keyof Sample) => median(some.map((one) => one[name]))
  return (['memoryMb', 'openFiles', 'connections', 'queued', 'openRuns'] as const).map((name) => {
    const [first, last] = [of(samples.slice(0, third), name), of(samples.slice(-third), name)]
    return `${name}: ${first.toFixed(0)} in the first third, ${last.toFixed(0)} in the last`
  })
}

function memoryOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return Number.NaN
  }
}

function openFilesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length
  } catch {
    return Number.NaN
  }
}
