/** Counts guesses per address, in this process. */
export interface Attempts {
  /** False where the address has used up its guesses of the window. */
  readonly take: (address: string) => boolean
  /** The address has guessed right. */
  readonly forgive: (address: string) => void
}

const MOST_ADDRESSES = 10_000

export function createAttempts({
  most,
  windowMs,
  clock,
}: {
  most: number
  windowMs: number
  clock: () => Date
}): Attempts {
  const seen = new Map<string, { count: number; until: number }>()
  return {
    take: (address) => {
      const now = clock().getTime()
      const known = seen.get(address)
      const entry = known && known.until > now ? known : { count: 0, until: now + windowMs }
      entry.count++
      seen.delete(address)
      seen.set(address, entry)
      // The one longest not seen goes first, so that many addresses cannot fill the memory.
      if (seen.size > MOST_ADDRESSES) seen.delete(seen.keys().next().value as string)
      return entry.count <= most
    },
    forgive: (address) => void seen.delete(address),
  }
}
