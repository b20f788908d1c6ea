/** What a candidate renders, and says of it. */
export interface Rendered {
  readonly perSecond: number
  readonly bytes: number
}

/** Renders others each time for about `ms`, `width` of them under way at once. */
export function renderFor(
  render: (number: number) => Promise<Uint8Array>,
  width = 1,
): (ms: number) => Promise<Rendered> {
  let number = 0
  return async (ms) => {
    const began = performance.now()
    let [count, bytes] = [0, 0]
    const lane = async () => {
      while (performance.now() - began < ms) {
        const rendered = await render(number++)
        bytes += rendered.length
        count++
      }
    }
    await Promise.all(Array.from({ length: width }, lane))
    return { perSecond: (count * 1000) / (performance.now() - began), bytes: Math.round(bytes / count) }
  }
}
