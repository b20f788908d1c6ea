import { setTimeout as pause } from 'node:timers/promises'

const LOOK_AGAIN_MS = 50

/** As `until`, for what happens in other processes: looks now and then, so that they have the machine. */
export async function watch(
  look: () => Promise<boolean> | boolean,
  what: () => string,
  seconds: number,
): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what()}`)
    await pause(LOOK_AGAIN_MS)
  }
}
