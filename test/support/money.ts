import { currencyExponent, type Minor } from '../../db/values/money.ts'

/** "12.3" USD → 1230n; undefined for what is no plain decimal or has more digits than the currency. */
export function parseMoney(text: string, currency: string): Minor | undefined {
  const exponent = currencyExponent(currency)
  const parts = /^(-?)(\d{1,18})(?:\.(\d+))?$/.exec(text)
  if (!parts) return undefined
  const fraction = (parts[3] ?? '').replace(/0+$/, '')
  if (fraction.length > exponent) return undefined
  const units = BigInt(parts[2] + fraction.padEnd(exponent, '0'))
  return parts[1] ? -units : units
}
