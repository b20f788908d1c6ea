import { iso, localDate, type Micros, startOfDay } from './calendar.ts'
import type { Shape } from './facts.ts'

/** Chance with a seed; instants that like borders. */
export class Dice {
  readonly shape: Shape
  private state: number
  private readonly edges: readonly Micros[]
  constructor(shape: Shape) {
    this.shape = shape
    this.state = shape.seed
    this.edges = shape.borders.flatMap((date) => {
      const border = startOfDay(shape.zone, date)
      return [border - 1n, border, border + 1n, border - 3_600_000_000n, border + 7_200_000_000n]
    })
  }

  of(n: number): number {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.state / 2 ** 32) * n)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.of(list.length)] as T
  }

  at(): Micros {
    if (this.of(2)) return this.pick(this.edges)
    const [from, to] = [startOfDay(this.shape.zone, this.shape.start), startOfDay(this.shape.zone, this.shape.end)]
    return from + BigInt(Math.floor((this.of(1_000_000) / 1_000_000) * Number(to - from)))
  }

  /** Not before `at`: an edge past it, or up to 80 days later. */
  after(at: Micros): Micros {
    const later = this.edges.filter((edge) => edge >= at)
    return later.length && this.of(2) ? this.pick(later) : at + BigInt(this.of(80 * 24 * 60)) * 60_000_000n
  }

  instant(): string {
    return this.text(this.at())
  }

  /** An instant in one of the spellings that an import takes. */
  text(at: Micros): string {
    const date = localDate(this.shape.zone, at)
    if (startOfDay(this.shape.zone, date) === at && this.of(2)) return date
    if (this.of(3)) return iso(at)
    const moved = iso(at - 5n * 3_600_000_000n).slice(0, -1)
    return `${at % 1_000_000n ? moved : moved.slice(0, 19)}-05:00`
  }

  amount(most: number): string {
    const minor = this.of(most) + 1
    const unit = 10 ** this.shape.decimals
    if (!this.shape.decimals) return `${minor}`
    return `${Math.floor(minor / unit)}.${String(minor % unit).padStart(this.shape.decimals, '0')}`
  }

  /** An amount of the account's currency, or of euros. */
  money(foreign: boolean, most: number): string {
    return foreign ? `${this.of(200)}.${10 + this.of(90)}` : this.amount(most)
  }

  campaign(partner: number): string {
    return `${partner * 10 + this.of(6) + 1}`
  }
}

export const times = <T>(n: number, make: (n: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))
