import { setImmediate as turn } from 'node:timers/promises'

/** Waits for something to become true, looking after every turn of the event loop; an error after `seconds`. */
export async function until<T>(
  look: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  what: string,
  seconds = 30,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > end) throw new Error(`not within ${seconds} s: ${what}`)
    await turn()
  }
}
