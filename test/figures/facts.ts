export type Fact = Readonly<Record<string, string>>
export type Facts = Readonly<Record<string, readonly Fact[]>>

export interface Shape {
  readonly account: number
  readonly zone: string
  readonly currency: string
  readonly decimals: number
  readonly minimum: string
  readonly holdDays: number
  /** Local dates near whose beginning most instants lie: borders of periods, days of clock changes. */
  readonly borders: readonly string[]
  /** Where the rest lies, as local dates. */
  readonly start: string
  readonly end: string
  readonly seed: number
}
