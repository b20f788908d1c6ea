import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import { column, licenseStatus, ofAccount, type PartnerIds, type Sql } from './definitions.ts'

/** Which licences, and the instant whose status they are shown in. */
export interface LicenseSelection {
  readonly asOf: Date
  readonly partners?: PartnerIds
  readonly program?: 'affiliate' | 'solution'
  /** Created from here on, and before there; either may be left open. */
  readonly from?: Date
  readonly to?: Date
  /** All of them must hold. */
  readonly filters?: readonly LicenseFilter[]
}

/** A filter of `text-get-solution-licenses-csv-report`; texts match whatever their case. */
export type LicenseFilter =
  | { readonly field: 'license_product'; readonly operator: 'equals' | 'contains'; readonly value: string }
  | { readonly field: 'license_status'; readonly operator: 'equals' | 'contains'; readonly value: string }
  | { readonly field: 'payment_origin'; readonly operator: 'equals' | 'contains'; readonly value: string }
  /** The client's name, email or identifier, or the licence's id. */
  | { readonly field: 'license_details'; readonly operator: 'equals' | 'contains'; readonly value: string }
  | {
      readonly field: 'license_details' | 'payment_origin' | 'credit_card'
      readonly operator: 'exists'
      readonly value: 'yes' | 'no'
    }
  /** `lesser_or_equal` includes the second that the instant names (docs/data-api.md, Choices). */
  | {
      readonly field: 'license_created_at'
      readonly operator: 'greater_or_equal' | 'lesser_or_equal'
      readonly value: Date
    }

/** The selection as a condition on `licenses`. */
export function selected(account: Account, selection: LicenseSelection, alias = 'l'): Sql {
  const { partners, program, from, to, filters = [], asOf } = selection
  const created = column(alias, 'created_at')
  const conditions = [
    ofAccount(account.accountId, partners, alias),
    program && sql`${column(alias, 'program')} = ${program}`,
    from && sql`${created} >= ${from}`,
    to && sql`${created} < ${to}`,
    ...filters.map((filter) => condition(filter, asOf, alias)),
  ]
  return sql.join(
    conditions.filter((one) => one !== undefined),
    sql` and `,
  )
}

const DETAILS = ['client_name', 'client_email', 'purchase_order', 'license_id']
const SECOND = 1000

function condition(filter: LicenseFilter, asOf: Date, alias: string): Sql {
  const created = column(alias, 'created_at')
  switch (filter.operator) {
    case 'greater_or_equal':
      return sql`${created} >= ${filter.value}`
    case 'lesser_or_equal':
      return sql`${created} < ${new Date(filter.value.getTime() + SECOND)}`
    case 'exists':
      return sql`${exists(filter.field, asOf, alias)} = ${filter.value === 'yes'}::boolean`
    default:
      return sql`(${sql.join(
        textsOf(filter.field, asOf, alias).map((text) => matches(text, filter.operator, filter.value)),
        sql` or `,
      )})`
  }
}

function exists(field: 'license_details' | 'payment_origin' | 'credit_card', asOf: Date, alias: string): Sql {
  if (field === 'credit_card')
    return sql`(${column(alias, 'cc_added_at')} is not null and ${column(alias, 'cc_added_at')} <= ${asOf})`
  const texts = field === 'payment_origin' ? ['payment_origin'] : DETAILS.filter((name) => name !== 'license_id')
  return sql`(coalesce(${sql.join(texts.map((name) => sql`nullif(${column(alias, name)}, '')`))}) is not null)`
}

function textsOf(field: LicenseFilter['field'], asOf: Date, alias: string): Sql[] {
  if (field === 'license_status') return [licenseStatus(asOf, alias)]
  if (field === 'license_product') return [column(alias, 'product')]
  if (field === 'payment_origin') return [column(alias, 'payment_origin')]
  return DETAILS.map((name) => column(alias, name))
}

const matches = (text: Sql, operator: 'equals' | 'contains', value: string): Sql =>
  operator === 'equals'
    ? sql`coalesce(lower(${text}) = lower(${value}::text), false)`
    : sql`coalesce(strpos(lower(${text}), lower(${value}::text)) > 0, false)`
