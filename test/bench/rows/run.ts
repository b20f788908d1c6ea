import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunAnswer, StagesAnswer } from '../candidates/run.ts'
import { openChild } from '../child.ts'
import { type BenchDatabase, openDatabase } from '../database.ts'
import { environmentOf } from '../environment.ts'
import { loadFacts, PERIOD, twoPages } from '../facts.ts'
import { judge, type Measured, type Name } from '../row.ts'
import type { Stage } from '../stage.ts'

/**
 * `run-stage`, `run-growth`, `run-memory`: a whole run, mails and all, against its slowest stage alone, and many partners
 * against few. Sizes that leave the bench its five minutes; `--full` measures the full ones.
 */
export async function runRows(stage: Stage, wanted: (name: Name) => boolean): Promise<Measured[]> {
  const { quick, full } = stage.options
  const [few, many] = quick ? [100, 300] : full ? [1000, 20_000] : [1000, 3000]
  const small = await measureRun(stage, few, { stages: !full })
  const staged = full && wanted('run-stage') ? await measureRun(stage, STAGED_IN_FULL, { stages: true }) : small
  const large =
    wanted('run-growth') || wanted('run-memory') ? await measureRun(stage, many, { stages: false }) : undefined
  const rows = staged.alone ? [stageRow(full ? STAGED_IN_FULL : few, staged.whole, staged.alone)] : []
  if (large) rows.push(...growthRows({ few, many }, small.whole, large.whole))
  return rows
}

/** What a process does once, such as compiling itself, weighs less the longer it runs. */
const STAGED_IN_FULL = 10_000

interface Runs {
  readonly whole: RunAnswer
  readonly alone: StagesAnswer | undefined
}

export async function measureRun(stage: Stage, partners: number, { stages }: { stages: boolean }): Promise<Runs> {
  const database = await openDatabase(stage)
  const sink = openChild('candidates/smtp-sink')
  try {
    await loadFacts(database, twoPages(partners), 2)
    const port = await sink.ask<number>('listen')
    const alone = stages ? await ask<StagesAnswer>(stage, database, port, 'stages') : undefined
    const whole = await ask<RunAnswer>(stage, database, port, 'whole')
    if (whole.statements !== partners || whole.sent !== partners)
      throw new Error(`${partners} partners, but ${whole.statements} statements and ${whole.sent} mails`)
    stage.note(
      `run of ${partners}: ${Math.round(whole.ms)} ms, peak ${Math.round(whole.peakMb)} MB, ${alone ? `alone: figures ${Math.round(alone.computeMs)}, files ${Math.round(alone.renderMs)}, mails ${Math.round(alone.deliverMs)} ms, ` : ''}longest gap ${Math.round(whole.longestGapMs)} ms`,
    )
    return { whole, alone }
  } finally {
    await sink.close()
    await database.drop()
  }
}

/** In a fresh process, with a ledger on which nothing of the period stands and no file that a run before has written. */
async function ask<Answer>(stage: Stage, { url, pool }: BenchDatabase, port: number, what: string): Promise<Answer> {
  await pool.query('truncate runs, statements, files, deliveries, delivery_attempts')
  const env = environmentOf(stage, url, {
    BURSAR_HOME: await mkdtemp(join(stage.folder, 'home-')),
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    BENCH_PERIOD: PERIOD,
  })
  const child = openChild('candidates/run', { env })
  try {
    return await child.ask<Answer>(what)
  } finally {
    await child.close()
  }
}

function stageRow(partners: number, whole: RunAnswer, { computeMs, renderMs, deliverMs }: StagesAnswer): Measured {
  const slowest = Math.max(computeMs, renderMs, deliverMs)
  const name = slowest === deliverMs ? 'mails' : slowest === renderMs ? 'files' : 'figures'
  return judge({
    name: 'run-stage',
    unit: 'statements/s',
    peer: `the slowest stage (${name}) alone`,
    reach: { least: 0.8 },
    value: [(partners * 1000) / whole.ms],
    peerValue: [(partners * 1000) / slowest],
    note: `${partners.toLocaleString('en')} partners; alone: figures ${Math.round(computeMs)}, files ${Math.round(renderMs)}, mails ${Math.round(deliverMs)} ms`,
  })
}

function growthRows({ few, many }: { few: number; many: number }, small: RunAnswer, large: RunAnswer): Measured[] {
  const [from, to] = [few, many].map((count) => `${count.toLocaleString('en')} partners`) as [string, string]
  const peer = `the same with ${from}`
  return [
    judge({
      name: 'run-growth',
      unit: 'ms/statement',
      peer,
      reach: { most: 1.1 },
      value: [large.ms / many],
      peerValue: [small.ms / few],
      note: to,
    }),
    judge({
      name: 'run-memory',
      unit: 'MB',
      peer,
      reach: { most: 1.25 },
      value: [large.peakMb],
      peerValue: [small.peakMb],
      note: `${to}; peak of the process`,
    }),
  ]
}
