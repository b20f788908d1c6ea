/** Exact sums of the decimal strings that sealed money is written in. */

/** Adds decimals; the result has as many digits as the longest of them. */
export function addDecimals(amounts: readonly string[]): string {
  const digits = Math.max(0, ...amounts.map(fractionOf))
  const sum = amounts.reduce((total, amount) => total + scaled(amount, digits), 0n)
  return unscaled(sum, digits)
}

/** Below, at or above zero. */
export function signOf(amount: string): -1 | 0 | 1 {
  if (!/[1-9]/.test(amount)) return 0
  return amount.startsWith('-') ? -1 : 1
}

const fractionOf = (amount: string): number => amount.split('.')[1]?.length ?? 0

function scaled(amount: string, digits: number): bigint {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

function unscaled(sum: bigint, digits: number): string {
  const text = (sum < 0n ? -sum : sum).toString().padStart(digits + 1, '0')
  const sign = sum < 0n ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}
