import type { Run } from '../../db/ledger/runs.ts'
import type { Installation, Process } from './installation.ts'
import type { Moment } from './sink.ts'
import { watch } from './watch.ts'

/** Every step of a run at which its process is killed, in the order in which they come. `:n`: the nth time it is reached. */
const SEALING = ['computing:after:1', 'statements:after:1', 'seal:before:1', 'seal:after:1']
const RENDERING = [
  'store:before:2',
  'store:after:3',
  'files:before:1',
  'files:after:1',
  'rendered:before:1',
  'rendered:after:1',
  'delivering:before:1',
  'delivering:after:1',
]
const SENDING = [
  'claim:before:2',
  'claim:after:3',
  'mail:before:2',
  'mail:after:3',
  'settle:before:2',
  'settle:after:3',
]
const MOMENTS: readonly Moment[] = ['recipient', 'body', 'dot']
const CLOSING = ['close:before:1', 'close:after:1']
export const STEP_COUNT = [SEALING, RENDERING, SENDING, MOMENTS, CLOSING].flat().length

/**
 * Kills the process at every named step and every moment of the dialogue with the mail server, and leaves one running.
 * Returns how many of them the run got to. `wipe`: the queue loses its jobs as well, which spares the wait for their
 * locks to run out.
 */
export async function killAtEachStep(
  installation: Installation,
  run: Run,
  { wipe }: { wipe: boolean },
): Promise<number> {
  let kills = 0
  for (const step of [...SEALING, ...RENDERING]) {
    kills += await killAt(installation, run, step)
    if (wipe) await installation.wipeQueue()
  }
  for (const step of SENDING) kills += await killAt(installation, run, step)
  for (const moment of MOMENTS) kills += await killAtMoment(installation, run, moment)
  for (const step of CLOSING) kills += await killAt(installation, run, step)
  installation.start()
  return kills
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
