import { type Balance, balanceOf } from '../balance.ts'
import { type CommissionTotal, commissionTotals } from '../commissions.ts'
import { EVER, type PartnerScope } from './scope.ts'

/** Where a partner stands with its money now; minor units of the account's currency. */
export interface Earnings {
  readonly balance: Balance
  /** Commission and discounts earned by now, per program and product. */
  readonly ever: readonly CommissionTotal[]
  readonly recent: readonly CommissionTotal[]
}

/** `recentFrom`: where the recent part starts; it ends now. */
export async function findEarnings(scope: PartnerScope, recentFrom: Date): Promise<Earnings> {
  const { db, account, partnerId, now } = scope
  const partners = [partnerId]
  return {
    balance: await balanceOf(db, account, now, partnerId),
    ever: await commissionTotals(db, account, { from: EVER.from, to: now }, { partners }),
    recent: await commissionTotals(db, account, { from: recentFrom, to: now }, { partners }),
  }
}

/** Commission and discount of a program (and product) out of totals. */
export function addUp(
  totals: readonly CommissionTotal[],
  { program, product }: { program?: string; product?: string } = {},
): { commission: bigint; discount: bigint } {
  const counted = totals.filter(
    (row) => (program === undefined || row.program === program) && (product === undefined || row.product === product),
  )
  return {
    commission: counted.reduce((sum, row) => sum + row.commission, 0n),
    discount: counted.reduce((sum, row) => sum + row.discount, 0n),
  }
}
