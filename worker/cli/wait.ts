import { setTimeout as pause } from 'node:timers/promises'
import { findPutOff, type PutOff } from '../../db/ledger/deliveries/put-off.ts'
import { isOpen, type Run } from '../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { findRunOrThrow } from '../actions/control-run.ts'
import { GIVE_UP } from '../delivery/backoff.ts'
import { resumeRun } from '../run/resume.ts'
import { SettingsDiffer } from '../runtime/installation.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { watchDeadClaims } from '../schedule/dead-claims.ts'
import { type Io, note } from './command.ts'
import { showProgress } from './progress.ts'

const LOOK_AGAIN_MS = 100
const RESUME_EVERY = 300
const LOOK_AHEAD_EVERY = 10
/** A person waits as long as greylisting takes, not for a mailbox to be emptied. */
const LONGEST_WAIT_MS = 10 * 60_000
/** Once more than once in a row, with a rest between, it will not pass while somebody waits at a terminal. */
const REFUSALS = 1
const STUCK =
  'the mail server refuses us, whatever the mail, so nothing leaves. The mails wait: mend what it says, then give the same command again or let `bursar start` send them.'

/**
 * The run's end; or, told on stderr, that it has to go on without this command: the mail server refuses us, or has put off what
 * is left for longer than somebody waits.
 */
export async function waitForEnd(io: Io, runtime: Runtime, started: Run): Promise<Run> {
  const { context } = runtime
  const progress = showProgress(io, 1000)
  // Of a command that was killed, perhaps the same: where no server runs, nobody else looks after them.
  const resume = async () => resumeRun(context, await findRunOrThrow(context, started.id))
  const dead = watchDeadClaims(context, runtime.workerId, () =>
    resume().catch((err) => context.log.debug({ err }, 'what was taken over is looked for again')),
  )
  try {
    for (let looks = 1; ; looks++) {
      const run = await findRunOrThrow(context, started.id)
      if (!isOpen(run) || io.stopping.aborted) return run
      const reason = await whyNotWaitOn(runtime, run, looks)
      if (reason !== undefined) {
        note(io, `bursar: ${reason}`)
        return run
      }
      if (io.stderr.isTTY) {
        const [summary] = await summarizeRuns(context.db, [run])
        progress.at(Math.round(1000 * (summary?.progress ?? 0)), run.status)
      }
      if (looks % RESUME_EVERY === 0) await resumeRun(context, run)
      await pause(LOOK_AGAIN_MS)
    }
  } finally {
    dead.close()
    progress.stop()
  }
}

/** Undefined where it is worth waiting. Throws SettingsDiffer where this process must not go on. */
async function whyNotWaitOn(
  { context, delivery, standing }: Runtime,
  run: Run,
  looks: number,
): Promise<string | undefined> {
  const trouble = standing.trouble()
  if (trouble !== undefined) throw new SettingsDiffer(trouble)
  if (delivery.mailer.refusals() > REFUSALS) return STUCK
  if (looks % LOOK_AHEAD_EVERY !== 0) return undefined
  const putOff = await findPutOff(context.db, run, new Date(context.clock().getTime() + LONGEST_WAIT_MS))
  return putOff && putOffText(putOff)
}

function putOffText({ count, next, began }: PutOff): string {
  const until = new Date(began.getTime() + GIVE_UP)
  return [
    `${count === 1 ? '1 mail was' : `${count} mails were`} put off by the mail server and ${count === 1 ? 'waits' : 'wait'} on the ledger: tried again at ${instant(next)},`,
    `given up at ${instant(until)}. \`bursar start\` sends what waits; or give the same command again then.`,
  ].join(' ')
}

const instant = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, 'Z')
