/** What a candidate renders, and says of it. */
export interface Rendered {
  readonly perSecond: number
  readonly bytes: number
}

/** Renders one statement after the other for about `ms`, others each time. */
export function renderFor(render: (number: number) => Promise<Uint8Array>): (ms: number) => Promise<Rendered> {
  let number = 0
  return async (ms) => {
    const began = performance.now()
    let [count, bytes, elapsed] = [0, 0, 0]
    while (elapsed < ms) {
      bytes += (await render(number++)).length
      count++
      elapsed = performance.now() - began
    }
    return { perSecond: (count * 1000) / elapsed, bytes: Math.round(bytes / count) }
  }
}
