/** What was asked is refused: the caller's mistake, told with value and expectation. */
export class Refused extends Error {
  readonly kind: 'invalid' | 'unknown' | 'conflict'
  readonly field: string
  constructor(kind: 'invalid' | 'unknown' | 'conflict', field: string, message: string) {
    super(message)
    this.kind = kind
    this.field = field
  }
}
