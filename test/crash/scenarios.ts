import { setTimeout as pause } from 'node:timers/promises'
import type { Run } from '../../db/ledger/runs/runs.ts'
import type { Installation, Process } from './installation.ts'
import type { Moment } from './sink.ts'
import { watch } from './watch.ts'

/** Steps of a run at which its process is killed, in the order in which they come. `:n`: the nth time it is reached. */
interface Steps {
  readonly sealing: readonly string[]
  readonly rendering: readonly string[]
  readonly sending: readonly string[]
  readonly moments: readonly Moment[]
  readonly closing: readonly string[]
}

/** Each step once. */
export const STEPS: Steps = {
  sealing: ['computing:after:1', 'statements:after:1', 'seal:after:1'],
  rendering: ['store:after:3', 'files:after:1', 'rendered:after:1', 'delivering:before:1'],
  sending: ['claim:after:3', 'mail:after:3', 'settle:before:2'],
  moments: ['dot'],
  closing: ['close:after:1'],
}

/** Each step just before it is done and just after. */
export const ALL_STEPS: Steps = {
  sealing: ['computing:after:1', 'statements:after:1', 'seal:before:1', 'seal:after:1'],
  rendering: [
    'store:before:2',
    'store:after:3',
    'files:before:1',
    'files:after:1',
    'rendered:before:1',
    'rendered:after:1',
    'delivering:before:1',
    'delivering:after:1',
  ],
  sending: ['claim:before:2', 'claim:after:3', 'mail:before:2', 'mail:after:3', 'settle:before:2', 'settle:after:3'],
  moments: ['recipient', 'body', 'dot'],
  closing: ['close:before:1', 'close:after:1'],
}

export const countOf = (steps: Steps): number => Object.values(steps).flat().length

/**
 * Kills the process at every step and moment of the dialogue with the mail server, and leaves one running. Returns how
 * many of them the run got to. While it seals and renders the queue loses its jobs with each kill, which spares the wait
 * for their locks to run out.
 */
export async function killAtEachStep(installation: Installation, run: Run, steps: Steps): Promise<number> {
  let kills = 0
  for (const step of [...steps.sealing, ...steps.rendering]) {
    kills += await killAt(installation, run, step)
    await installation.wipeQueue()
  }
  for (const step of steps.sending) kills += await killAt(installation, run, step)
  for (const moment of steps.moments) kills += await killAtMoment(installation, run, moment)
  for (const step of steps.closing) kills += await killAt(installation, run, step)
  installation.start()
  return kills
}

/** Kills some time after each start, whatever the process is doing; leaves one running. */
export async function killAtRandom(
  installation: Installation,
  run: Run,
  {
    kills,
    random,
    between = () => Promise.resolve(),
  }: { kills: number; random: () => number; between?: () => Promise<void> },
): Promise<number> {
  let killed = 0
  for (; killed < kills && !(await installation.isOver(run)); killed++) {
    const process = installation.start()
    await pause(500 + random() * 4000)
    await process.kill()
    await between()
  }
  installation.start()
  return killed
}

/** 1 where the process got as far as the step, 0 where the run was over before. */
async function killAt(installation: Installation, run: Run, step: string): Promise<number> {
  const process = installation.start({ crashAt: step })
  return (await killedBefore(installation, run, process)) ? 1 : 0
}

async function killAtMoment(installation: Installation, run: Run, wanted: Moment): Promise<number> {
  const process = installation.start()
  installation.sink.onMoment = (moment) => void (moment === wanted && process.child.kill('SIGKILL'))
  const killed = await killedBefore(installation, run, process)
  installation.sink.onMoment = () => {}
  return killed ? 1 : 0
}

async function killedBefore(installation: Installation, run: Run, { child, kill, said }: Process): Promise<boolean> {
  const isGone = () => child.exitCode !== null || child.signalCode !== null
  await watch(
    async () => isGone() || (await installation.isOver(run)),
    () => `the process is killed; ${said()}`,
    60,
  )
  const died = child.signalCode === 'SIGKILL'
  if (!isGone()) await kill()
  else if (!died) throw new Error(`the process ended by itself: ${said()}`)
  return died
}
