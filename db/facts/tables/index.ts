import type { FactTable } from '../table.ts'
import { accounts } from './accounts.ts'
import { campaigns, clicks, coupons } from './campaigns.ts'
import { commissions } from './commissions.ts'
import { agents, deals, funnels, fxRates, stages } from './deals.ts'
import { expertComments, expertProfiles, expertStats, expertViews } from './experts.ts'
import { leadEvents, leads } from './leads.ts'
import { licenseInvoices, licenseOperators, licenses } from './licenses.ts'
import { billingDetails, partners, withdrawals } from './partners.ts'
import { creditEntries, organizations, usageEvents, usageInvoices } from './usage.ts'

/** Every table of facts in dependency order: what a table refers to stands before it. */
export const factTables: readonly FactTable[] = [
  accounts,
  partners,
  billingDetails,
  coupons,
  campaigns,
  clicks,
  licenses,
  licenseOperators,
  licenseInvoices,
  commissions,
  withdrawals,
  leads,
  leadEvents,
  agents,
  funnels,
  stages,
  deals,
  organizations,
  usageEvents,
  creditEntries,
  usageInvoices,
  expertProfiles,
  expertComments,
  expertStats,
  expertViews,
  fxRates,
]

export const TABLE_NAMES: readonly string[] = factTables.map((table) => table.name)

export const isTable = (name: string) => TABLE_NAMES.includes(name)

/** The facts have no table of this name. */
export class UnknownTable extends Error {
  override readonly name = 'UnknownTable'

  constructor(table: string) {
    super(`no table "${table}"; the tables are ${TABLE_NAMES.join(', ')}`)
  }
}

/** Throws UnknownTable with the names there are. */
export function factTableOrThrow(name: string): FactTable {
  const table = factTables.find((known) => known.name === name)
  if (table) return table
  throw new UnknownTable(name)
}

/** The other tables that this one reads: what it refers to and whose partner it copies. */
export function parentsOf(table: FactTable): string[] {
  const parents = (table.references ?? []).map((reference) => reference.table)
  if (table.name !== 'accounts') parents.push('accounts')
  return [...new Set(parents)].filter((name) => name !== table.name)
}

/** The tables whose rows go where a row of this one goes. */
export const childrenOf = (table: FactTable) => factTables.filter((child) => child.owner?.table === table.name)

/** Rows of `by` refer to rows of a table: their `columns` are its `to`. */
export interface Referrer {
  readonly by: FactTable
  readonly columns: readonly string[]
  readonly to: readonly string[]
}

/** Who refers to rows of the table. */
export const referrersOf = ({ name }: FactTable): Referrer[] =>
  factTables.flatMap((by) =>
    (by.references ?? [])
      .filter((reference) => reference.table === name)
      .map(({ columns, to = columns }) => ({ by, columns, to })),
  )
