import type { Column } from '../csv.ts'
import { writeCsv } from '../csv.ts'
import { addDecimals, signOf } from '../decimal.ts'
import type { CsvFile } from '../statement.ts'
import type { EligibilityRow, WithdrawalEligibility } from './view.ts'

/** What PayPal's payout file pays, and all that keeps money out of it. Amounts are decimals as PayPal takes them. */
export interface Payout {
  readonly lines: readonly PayoutLine[]
  /** Sum of the lines. */
  readonly amount: string
  /** PayPal pays out this currency at all; without it there is no file. */
  readonly isPayable: boolean
  /** PayPal takes no decimals of this currency: parts of a unit stay available. */
  readonly isWhole: boolean
  /** Eligible partners with a withdrawal since the statement's instant: the file would pay them twice. */
  readonly since: number
}

interface PayoutLine {
  readonly to: string
  readonly amount: string
  readonly partnerId: string
}

/** developer.paypal.com, currency codes; TRY and INR, which older lists have, are paid within their countries only. */
const PAYABLE = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN RUB SEK SGD THB TWD USD'.split(' '),
)
const WHOLE = new Set(['HUF', 'JPY', 'TWD'])

/** The eligible partners whom PayPal's file pays: by their receiver, in whole units where PayPal takes no others. */
export function payoutOf({ rows = [], currency }: WithdrawalEligibility): Payout {
  const isPayable = PAYABLE.has(currency)
  const isWhole = WHOLE.has(currency)
  const eligible = rows.filter((row) => row.eligible)
  const lines = isPayable ? eligible.flatMap((row) => lineOf(row, isWhole)) : []
  const since = eligible.filter((row) => row.withdrawal_since).length
  return { lines, amount: addDecimals(lines.map((line) => line.amount)), isPayable, isWhole, since }
}

/** An account without a minimum finds everyone eligible who owes nothing; nobody is paid 0.00. */
function lineOf({ partner_id: partnerId, paypal, available }: EligibilityRow, isWhole: boolean): PayoutLine[] {
  const amount = isWhole ? (available.split('.')[0] ?? '') : available
  return paypal !== undefined && signOf(amount) > 0 ? [{ to: paypal, amount, partnerId }] : []
}

/** PayPal takes so many rows a file. */
const MOST_ROWS = 5000

/**
 * PayPal's mass payout format (docs/definitions.md, The PayPal payout file): address, amount, currency, partner_id, note; no header, no BOM. The first file is
 * there even without a row. No formula guard: PayPal reads it, and an apostrophe before a phone number is not the number.
 */
export function payoutFiles(statement: WithdrawalEligibility): CsvFile[] {
  const { lines, isPayable } = payoutOf(statement)
  if (!isPayable) return []
  const note = noteOf(statement)
  const columns: readonly Column<PayoutLine>[] = [
    { name: 'address', kind: 'text', value: ({ to }) => to },
    { name: 'amount', kind: 'number' },
    { name: 'currency', kind: 'text', value: () => statement.currency },
    { name: 'partner_id', kind: 'text', value: ({ partnerId }) => (CUSTOMER_ID.test(partnerId) ? partnerId : null) },
    { name: 'note', kind: 'text', value: () => note },
  ]
  return Array.from({ length: Math.max(1, Math.ceil(lines.length / MOST_ROWS)) }, (_, i) => ({
    suffix: i === 0 ? 'paypal' : `paypal-${i + 1}`,
    ...writeCsv(columns, lines.slice(i * MOST_ROWS, (i + 1) * MOST_ROWS), { header: false, bom: false, guard: false }),
  }))
}

/** PayPal takes no other as a customer's id; a row with another would be refused. */
const CUSTOMER_ID = /^\S{1,30}$/u

/** At most 400 characters, on one line. */
function noteOf({ account, period }: WithdrawalEligibility): string {
  const name = [...account.name.replace(/[\p{Cc}\s]+/gu, ' ')].slice(0, 399 - period.key.length).join('')
  return `${name} ${period.key}`
}
