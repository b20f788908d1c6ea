import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import type { PartnerIds } from './definitions.ts'
import { looseReductions, type TakenBack, takenBack } from './reductions.ts'
import {
  emptySlices,
  type Sliced,
  type SlicedCommission,
  sliceCommission,
  sliceWithdrawals,
  sumBetween,
} from './slices.ts'

/** A partner's balance as of an instant (docs/definitions.md, Balance), minor units of the account's currency. */
export interface Balance {
  readonly total: bigint
  readonly withdrawn: bigint
  /** Entries marked blocked or of a blocked licence; of one licence never less than nothing. */
  readonly blocked: bigint
  /** What is earned, not blocked and not available yet, less what reductions have taken of it. */
  readonly pending: bigint
  /** total − withdrawn − blocked − pending. */
  readonly available: bigint
}

export const EMPTY_BALANCE: Balance = { total: 0n, withdrawn: 0n, blocked: 0n, pending: 0n, available: 0n }

/** A balance with what its reductions took: whoever asks when a hold ends needs to know which of it is gone. */
export interface ReckonedBalance {
  readonly balance: Balance
  readonly taken: readonly TakenBack[]
  /** Reductions beyond what their licences brought. */
  readonly loose: bigint
  /** What of these was taken from what is on hold, because nothing else was left. */
  readonly looseTaken: bigint
}

interface OfPartners {
  readonly partners?: PartnerIds
}

/** Balances as of an instant; partners who never earned and never withdrew are not in the map. */
export async function balances(
  db: Snapshot,
  account: Account,
  asOf: Date,
  some: OfPartners = {},
): Promise<Map<string, ReckonedBalance>> {
  const earned = await sliceCommission(db, account, [asOf], asOf, some)
  const withdrawn = await sliceWithdrawals(db, account, [asOf], some)
  return reckonBalances(db, account, asOf, { earned, withdrawn }, some)
}

/** One partner's balance as of an instant. */
export async function balanceOf(db: Snapshot, account: Account, asOf: Date, partnerId: string): Promise<Balance> {
  const found = await balances(db, account, asOf, { partners: [partnerId] })
  return found.get(partnerId)?.balance ?? EMPTY_BALANCE
}

interface Slices {
  readonly earned: ReadonlyMap<string, SlicedCommission>
  readonly withdrawn: ReadonlyMap<string, Sliced>
}

/**
 * The balances at `asOf`, a bound of both slices. A reduction takes back at once, whenever it is available itself: of one
 * licence first from what is available of it, then from what is on hold of it. What it takes beyond its licence, or without
 * one, comes off what is available, and where that would go below nothing off what else is on hold. Pending is what is left.
 */
export async function reckonBalances(
  db: Snapshot,
  account: Account,
  asOf: Date,
  { earned, withdrawn }: Slices,
  { partners }: OfPartners = {},
): Promise<Map<string, ReckonedBalance>> {
  const taken = groupByPartner(await takenBack(db, account, asOf, partners))
  const nothing = emptySlices([asOf])
  const ids = [...new Set([...earned.keys(), ...withdrawn.keys()])]
  const first = new Map(
    ids.map((id) => {
      const slices = { earned: earned.get(id) ?? nothing, withdrawn: withdrawn.get(id) ?? nothing }
      return [id, withinLicenses(asOf, slices, taken.get(id) ?? [])]
    }),
  )
  const short = ids.filter((id) => isShort(first.get(id)))
  const loose = await looseReductions(db, account, asOf, short)
  return new Map([...first].map(([id, balance]) => [id, beyondLicenses(balance, taken.get(id) ?? [], loose.get(id))]))
}

/** Below nothing, with something on hold that may have to make up for it. */
const isShort = (balance = EMPTY_BALANCE) => balance.available < 0n && balance.pending > 0n

function withinLicenses(
  asOf: Date,
  { earned, withdrawn: asked }: { earned: SlicedCommission; withdrawn: Sliced },
  taken: readonly TakenBack[],
): Balance {
  const total = sumBetween(earned, { to: asOf })
  const withdrawn = sumBetween(asked, { to: asOf })
  const blocked = taken.reduce((sum, row) => sum + row.blocked, earned.blocked)
  const pending = taken.reduce((sum, row) => sum - row.held, earned.held)
  return { total, withdrawn, blocked, pending, available: total - withdrawn - blocked - pending }
}

function beyondLicenses(balance: Balance, taken: readonly TakenBack[], loose = 0n): ReckonedBalance {
  const { available, pending } = balance
  const looseTaken = isShort(balance) ? least(-available, loose, pending) : 0n
  const after = { ...balance, pending: pending - looseTaken, available: available + looseTaken }
  return { balance: after, taken, loose, looseTaken }
}

const least = (...amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => (a < b ? a : b))

function groupByPartner(rows: readonly TakenBack[]): Map<string, TakenBack[]> {
  const groups = new Map<string, TakenBack[]>()
  for (const row of rows) groups.set(row.partnerId, [...(groups.get(row.partnerId) ?? []), row])
  return groups
}
