import { type ScheduledTask, schedule } from 'node-cron'

const HOUR_MS = 3_600_000
const JUMP_MS = 60_000
const WATCH_MS = 10_000

const quiet = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} }

/**
 * Calls `look` on every whole minute. A minute that comes late still counts (TECH 0 D), and in UTC none is left out when
 * a wall clock is set. When the machine has slept or its clock was changed `look` comes at once and the minutes start
 * anew: node-cron would walk every minute that was slept through, or stay silent until a clock set back has caught up.
 */
export function everyMinute(look: () => unknown): { close: () => Promise<void> } {
  let task = startTask(look)
  let awake = awakeSince()
  const watch = setInterval(() => {
    const now = awakeSince()
    const jumped = Math.abs(now - awake) > JUMP_MS
    awake = now
    if (!jumped) return
    void task.destroy()
    task = startTask(look)
    look()
  }, WATCH_MS)
  return {
    close: async () => {
      clearInterval(watch)
      await task.destroy()
    },
  }
}

/** Stays the same while the wall clock and the process's own run evenly. */
const awakeSince = (): number => Date.now() - performance.now()

const startTask = (look: () => unknown): ScheduledTask =>
  schedule('* * * * *', () => void look(), {
    timezone: 'UTC',
    missedExecutionTolerance: 6 * HOUR_MS,
    suppressMissedWarning: true,
    logger: quiet,
  })
