import { type CellType, cellType } from './cell.ts'

interface Bounds {
  readonly min?: number
  readonly max?: number
}

const LARGEST_INT4 = 2 ** 31 - 1

/** A count or the like, up to PostgreSQL's int. */
export const integer = ({ min = -LARGEST_INT4, max = LARGEST_INT4 }: Bounds = {}) => whole('int', min, max)

/** A whole number that JSON carries without loss: up to 2^53 − 1. */
export const bigInteger = ({ min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Bounds = {}) =>
  whole('bigint', min, max)

function whole(sql: string, min: number, max: number): CellType {
  return cellType(sql, `an integer from ${min} to ${max}`, (cell) => {
    if (cell.length > 17 || !/^-?\d+$/.test(cell)) return undefined
    const value = Number(cell)
    return value >= min && value <= max ? cell : undefined
  })
}

/** A plain decimal, as exact as it is written: quantities, rates, percentages. */
export const decimal = (sign: Sign = 'any') =>
  cellType('numeric', `a decimal number${SIGNS[sign]}, with a point`, (cell) => plain(cell, sign))

/** An amount of money; its currency's digits are checked where the currency is known (rows.ts). */
export const money = (sign: Sign = 'any'): CellType & { readonly money: true } => ({
  ...cellType('numeric', `an amount${SIGNS[sign]} as 12.34`, (cell) => plain(cell, sign)),
  money: true,
})

type Sign = 'any' | 'positive' | 'not negative'
const SIGNS: Record<Sign, string> = { any: '', positive: ' above zero', 'not negative': ' not below zero' }

const PLAIN = /^-?\d{1,18}(?:\.\d{1,12})?$/

function plain(cell: string, sign: Sign): string | undefined {
  if (!PLAIN.test(cell)) return undefined
  if (sign === 'any') return cell
  const zero = !/[1-9]/.test(cell)
  const below = cell[0] === '-' && !zero
  return below || (zero && sign === 'positive') ? undefined : cell
}
