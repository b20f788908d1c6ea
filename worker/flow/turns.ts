/** So many at once; whoever comes later waits for its turn. */
export interface Turns {
  /** Gives back what ends the turn. */
  readonly take: () => Promise<() => void>
}

/** The same, where no one may have all turns: whoever holds its share waits, and those behind it pass. */
export interface SharedTurns {
  readonly take: (whose: string) => Promise<() => void>
}

export function turns(atOnce: number): Turns {
  const shared = sharedTurns(atOnce, atOnce)
  return { take: () => shared.take('') }
}

/** `each`: how many one may hold at a time. First come, first served, among those who hold less. */
export function sharedTurns(atOnce: number, each: number): SharedTurns {
  const waiting: { readonly whose: string; readonly start: () => void }[] = []
  const held = new Map<string, number>()
  let free = atOnce
  const heldBy = (whose: string) => held.get(whose) ?? 0
  const begin = (whose: string) => {
    free--
    held.set(whose, heldBy(whose) + 1)
  }
  const end = (whose: string) => {
    free++
    if (heldBy(whose) === 1) held.delete(whose)
    else held.set(whose, heldBy(whose) - 1)
    const next = waiting.findIndex((one) => heldBy(one.whose) < each)
    const [one] = next < 0 ? [] : waiting.splice(next, 1)
    if (!one) return
    begin(one.whose)
    one.start()
  }
  const take = async (whose: string) => {
    if (free > 0 && heldBy(whose) < each) begin(whose)
    else await new Promise<void>((start) => waiting.push({ whose, start }))
    return () => end(whose)
  }
  return { take }
}
