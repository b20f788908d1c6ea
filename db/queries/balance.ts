import type { Account } from '../accounts.ts'
import type { Snapshot } from '../client.ts'
import type { PartnerIds } from './definitions.ts'
import {
  emptySlices,
  type Sliced,
  type SlicedCommission,
  sliceCommission,
  sliceWithdrawals,
  sumBetween,
} from './slices.ts'

/** A partner's balance as of an instant (SPEC 5), minor units of the account's currency. */
export interface Balance {
  readonly total: bigint
  readonly withdrawn: bigint
  readonly blocked: bigint
  readonly pending: bigint
  /** total − withdrawn − blocked − pending. */
  readonly available: bigint
}

export const EMPTY_BALANCE: Balance = { total: 0n, withdrawn: 0n, blocked: 0n, pending: 0n, available: 0n }

/** Balances as of an instant; partners who never earned and never withdrew are not in the map. */
export async function balances(
  db: Snapshot,
  account: Account,
  asOf: Date,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<Map<string, Balance>> {
  const commission = await sliceCommission(db, account, [asOf], asOf, { partners })
  const withdrawals = await sliceWithdrawals(db, account, [asOf], { partners })
  const ids = new Set([...commission.keys(), ...withdrawals.keys()])
  const nothing = emptySlices([asOf])
  const balanceFor = (id: string) => balanceAt(asOf, commission.get(id) ?? nothing, withdrawals.get(id) ?? nothing)
  return new Map([...ids].map((id) => [id, balanceFor(id)]))
}

/** One partner's balance as of an instant. */
export async function balanceOf(db: Snapshot, account: Account, asOf: Date, partnerId: string): Promise<Balance> {
  const found = await balances(db, account, asOf, { partners: [partnerId] })
  return found.get(partnerId) ?? EMPTY_BALANCE
}

/** The balance at `asOf`, a bound of both slices, out of what was earned and withdrawn. */
export function balanceAt(asOf: Date, earned: SlicedCommission, withdrawals: Sliced): Balance {
  const total = sumBetween(earned, { to: asOf })
  const withdrawn = sumBetween(withdrawals, { to: asOf })
  const { blocked, pending } = earned
  return { total, withdrawn, blocked, pending, available: total - withdrawn - blocked - pending }
}
