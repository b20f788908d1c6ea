/** Neighbouring items in groups whose weights add up to about `limit`; an item heavier than that is alone. */
export function* chunksOf<T>(items: Iterable<T>, limit: number, weightOf: (item: T) => number): Generator<T[]> {
  let chunk: T[] = []
  let weight = 0
  for (const item of items) {
    const own = weightOf(item)
    if (chunk.length > 0 && weight + own > limit) {
      yield chunk
      chunk = []
      weight = 0
    }
    chunk.push(item)
    weight += own
  }
  if (chunk.length > 0) yield chunk
}
