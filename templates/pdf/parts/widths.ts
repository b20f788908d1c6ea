/** What a column asks for: numbers keep their width, texts share what is left. */
export interface Wish {
  readonly width: number
  readonly fixed: boolean
}

const LEAST = 34
const NUMBERS_SHARE = 0.82
const AIR = 30

/** How much smaller the letters of a table must be so that its numbers leave room for its texts; 1 where they fit. */
export function shrinkFor(wishes: readonly Wish[], room: number): number {
  const numbers = sum(wishes.filter((wish) => wish.fixed))
  const texts = wishes.filter((wish) => !wish.fixed)
  const share = texts.length ? Math.min(NUMBERS_SHARE * room, room - texts.length * LEAST) : room
  return numbers <= share ? 1 : Math.max(0.4, share / numbers)
}

/** The widths of the columns; they add up to `room`. */
export function shareOut(wishes: readonly Wish[], room: number): number[] {
  const texts = wishes.filter((wish) => !wish.fixed)
  const squeeze = Math.min(1, (room - texts.length * LEAST) / Math.max(1, sum(wishes.filter((wish) => wish.fixed))))
  const fixed = wishes.map((wish) => (wish.fixed ? wish.width * squeeze : 0))
  const level = levelOf(
    texts.map((wish) => wish.width),
    room - total(fixed),
  )
  const granted = wishes.map((wish, i) => (wish.fixed ? (fixed[i] as number) : Math.min(wish.width, level)))
  const spare = room - total(granted)
  if (texts.length === 0) return granted.map((width) => width + spare / wishes.length)
  const air = Math.min(AIR, spare / wishes.length) // numbers want some room between them, texts the rest
  const rest = (spare - air * (wishes.length - texts.length)) / texts.length
  return wishes.map((wish, i) => (granted[i] as number) + (wish.fixed ? air : rest))
}

/** The width that no text may exceed so that all of them fit. */
function levelOf(widths: readonly number[], room: number): number {
  let left = room
  const ordered = [...widths].sort((a, b) => a - b)
  for (const [i, width] of ordered.entries()) {
    const fair = left / (ordered.length - i)
    if (width > fair) return fair
    left -= width
  }
  return Number.POSITIVE_INFINITY
}

const total = (widths: readonly number[]): number => widths.reduce((all, width) => all + width, 0)
const sum = (wishes: readonly Wish[]): number => total(wishes.map((wish) => wish.width))
