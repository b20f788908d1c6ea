/**
 * Money inside Bursar: a `bigint` of minor units beside its ISO 4217 code, never a float.
 * Outside it is a decimal string with exactly the currency's digits ("12.34" USD, "1234" JPY, "1.234" KWD).
 */
export type Minor = bigint

// ISO 4217, column "minor unit", where it is not 2. Not the runtime's own table: CLDR says how money is shown, not how it
// is counted (HUF has 2 digits here and 0 there), and another Node would read stored amounts differently.
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...words('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF', 0),
  ...words('BHD IQD JOD KWD LYD OMR TND', 3),
  ...words('CLF UYW', 4),
])

function words(codes: string, exponent: number): [string, number][] {
  return codes.split(' ').map((code) => [code, exponent])
}

/** Digits after the point of a currency (JPY 0, USD 2, KWD 3). RangeError on what is no currency code. */
export function currencyExponent(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency))
    throw new RangeError(`${JSON.stringify(currency)} is no currency; expected an ISO 4217 code`)
  return EXPONENTS.get(currency) ?? 2
}

/** 1230n USD → "12.30". */
export function decimal(amount: Minor, currency: string): string {
  const exponent = currencyExponent(currency)
  const digits = (amount < 0n ? -amount : amount).toString().padStart(exponent + 1, '0')
  const sign = amount < 0n ? '-' : ''
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

/** `part / whole` as a percentage with one decimal, halves away from zero; null over nothing (docs/definitions.md, Figures). */
export function percent(part: bigint, whole: bigint): number | null {
  if (whole === 0n) return null
  return Number(divideRounded(part * 1000n, whole)) / 10
}

/** Change from `before` to `now` in percent of |before|; null over nothing. */
export function changePercent(now: bigint, before: bigint): number | null {
  return percent(now - before, before < 0n ? -before : before)
}

/** Quotient rounded to the nearest integer, halves away from zero (as PostgreSQL's round(numeric)). */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n
  const [n, d] = [dividend < 0n ? -dividend : dividend, divisor < 0n ? -divisor : divisor]
  const quotient = (2n * n + d) / (2n * d)
  return negative ? -quotient : quotient
}
