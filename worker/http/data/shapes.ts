import { z } from 'zod'
import { decimal } from '../../../db/values/money.ts'

/** Types of answers, as the documents print them. */
export const count = () => z.int()
export const money = () => z.number().meta({ description: 'Money, two decimals.' })
export const number = () => z.number()
export const string = () => z.string()

/** `2023-02-14 12:39:40`: UTC; an empty string stands for a time that has not come yet. */
export const timestamp = () => z.string().meta({ description: 'YYYY-MM-DD HH:mm:ss in UTC, or empty.' })

/** Minor units as the JSON number the contract prints. */
export const moneyNumber = (amount: bigint | string, currency: string): number =>
  Number(decimal(BigInt(amount), currency))

export function timestampOf(instant: Date | null): string {
  return instant ? instant.toISOString().slice(0, 19).replace('T', ' ') : ''
}

/** A decimal of the database as a number; nothing is 0. */
export const numberOf = (value: string | number | null): number => Number(value ?? 0)
