import { currencyExponent } from '../../money.ts'
import type { Column, FactTable } from '../table.ts'

/**
 * The staged rows as the table will hold them: defaults filled in, money in minor units, the owner's partner, whose
 * currency. `$1` is the account; aliases: `s` staged row, `a` account, `o` owner, `p` partner, `f` digits of a currency.
 */
interface Rows {
  /** `from` and `where` of the rows that are complete. */
  readonly from: string
  /** Columns of the target table and the SQL of their values. */
  readonly values: ReadonlyMap<string, string>
  /** Minor units per unit of the row's currency, for tables with money. */
  readonly factor: string
}

/** `source`: SQL in the place of `staged`. */
export function rowsOf(table: FactTable, source = 'staged'): Rows {
  const isAccount = table.name === 'accounts'
  const inFile = table.columns.some((column) => column.name === 'currency')
  const partner = table.owner ? 'o.partner_id' : 's.partner_id'
  const usesPartner = table.currency === 'row' && !isAccount
  const currency = isAccount
    ? 's.currency'
    : usesPartner
      ? 'coalesce(s.currency, p.currency, a.currency)'
      : 'a.currency'
  const joins = [
    isAccount ? '' : 'join accounts a on a.account_id = $1',
    table.owner
      ? `join ${table.owner.table} o on o.account_id = $1 and o.${table.owner.key} = s.${table.owner.key}`
      : '',
    usesPartner ? `left join partners p on p.account_id = $1 and p.partner_id = ${partner}` : '',
    table.currency ? `left join (values ${FACTORS}) f(currency, factor) on f.currency = ${currency}` : '',
  ]
  const values = new Map(table.columns.map((column) => [column.name, stored(column)]))
  if (!isAccount) values.set('account_id', '$1::int')
  if (table.owner) values.set('partner_id', partner)
  if (usesPartner && inFile) values.set('currency', currency).set('is_foreign', `${currency} <> a.currency`)
  return { from: `${source} s ${joins.filter(Boolean).join(' ')}`, values, factor: FACTOR }
}

const FACTOR = 'coalesce(f.factor, 100)'

/** Minor units per unit, of the currencies that have no hundredths. */
const FACTORS = Intl.supportedValuesOf('currency')
  .map((currency) => [currency, currencyExponent(currency)] as const)
  .filter(([, exponent]) => exponent !== 2)
  .map(([currency, exponent]) => `('${currency}', ${10 ** exponent})`)
  .join(', ')

function stored({ name, type, fallback }: Column): string {
  const value = fallback === undefined ? `s.${name}` : `coalesce(s.${name}, ${fallback})`
  return type.money ? `(${value} * ${FACTOR})::bigint` : value
}
