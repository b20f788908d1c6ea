import { payoutOf } from './payout.ts'
import type { WithdrawalEligibility } from './view.ts'

interface Numbers {
  readonly money: (amount: string) => string
  readonly count: (count: number) => string
}

/** Why the payout file pays less than is available to the eligible, where it does. Whole sentences. */
export function payoutNotes(statement: WithdrawalEligibility, { money, count }: Numbers): string[] {
  const { currency } = statement
  const { amount, isPayable, isWhole, since } = payoutOf(statement)
  if (!isPayable) return [`there is none, because PayPal pays out no ${currency}.`]
  const whole = `PayPal takes no decimals of ${currency}, so it pays ${money(amount)}; what is less than one ${currency} stays available.`
  const who = since === 1 ? 'one eligible partner is' : `${count(since)} eligible partners are`
  const twice = `${who} left out for a withdrawal since then; the file would pay it twice.`
  return [...(isWhole ? [whole] : []), ...(since > 0 ? [twice] : [])]
}
