/** So many at once; whoever comes later waits for its turn. */
export interface Turns {
  /** Gives back what ends the turn. */
  readonly take: () => Promise<() => void>
}

export function turns(atOnce: number): Turns {
  const waiting: (() => void)[] = []
  let free = atOnce
  const end = () => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }
  const take = async () => {
    if (free > 0) free--
    else await new Promise<void>((start) => waiting.push(start))
    return end
  }
  return { take }
}
