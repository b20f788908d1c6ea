/**
 * Quantities (usage, credits) are PostgreSQL's numeric: exact decimals, here as their plain text. They never meet a
 * float on the way; only what is shown at the end becomes a number.
 */
export type Decimal = string

/** A JSON number where one shows every digit, else the text itself: "12.50" → 12.5, "9007199254740993" stays. */
export function quantityOf(decimal: Decimal): number | string {
  const plain = sumQuantities([decimal])
  const number = Number(plain)
  return String(number) === plain && (!Number.isInteger(number) || Number.isSafeInteger(number)) ? number : plain
}

/** The exact sum, without trailing zeros. */
export function sumQuantities(decimals: readonly Decimal[]): Decimal {
  const parts = decimals.map(parsed)
  const scale = parts.reduce((widest, part) => Math.max(widest, part.scale), 0)
  const sum = parts.reduce((total, part) => total + part.units * 10n ** BigInt(scale - part.scale), 0n)
  return formatted(sum, scale)
}

function parsed(decimal: Decimal): { units: bigint; scale: number } {
  const [whole = '', fraction = ''] = decimal.split('.')
  return { units: BigInt(whole + fraction), scale: fraction.length }
}

function formatted(units: bigint, scale: number): Decimal {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  const point = digits.length - scale
  const fraction = digits.slice(point).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${fraction && `.${fraction}`}`
}
