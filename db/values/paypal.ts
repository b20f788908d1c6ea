import { parseAddress } from './address.ts'

/**
 * Whom PayPal pays, as its payout file names them: a mail address, a phone number with its country (`+36 1 234 5678`,
 * written without blanks), or a PayerID. Undefined for anything else: one such row, and PayPal refuses the file.
 */
export function payPalReceiver(text: string): string | undefined {
  const trimmed = text.trim()
  const address = parseAddress(trimmed)
  if (address !== undefined) return address.length <= LONGEST_AT_PAYPAL && MAIL.test(address) ? address : undefined
  if (PAYER_ID.test(trimmed)) return trimmed
  const phone = trimmed.replace(/[ .()-]/g, '')
  return PHONE.test(phone) ? phone : undefined
}

/** Characters of a mail address. */
export const LONGEST_AT_PAYPAL = 127

/** A domain with a dot, and ASCII in front of the @. */
const MAIL = /^[\x21-\x7e]+@[^@]+\.[^@.]+$/
const PAYER_ID = /^(?=.*\d)[2-9A-HJ-NP-Z]{13}$/
const PHONE = /^\+[1-9]\d{6,14}$/
