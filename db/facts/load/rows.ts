import { currencyExponent } from '../../values/money.ts'
import type { Given } from '../given.ts'
import type { Column, FactTable } from '../table.ts'

/**
 * The staged rows as the table will hold them: defaults filled in, money in minor units, the owner's partner, whose
 * currency. `$1` is the account; aliases: `s` staged row, `t` stored row, `a` account, `o` owner, `p` partner, `f` digits
 * of the row's currency, `g` of the one it had.
 */
interface Rows {
  /** `from` of the rows that are complete. */
  readonly from: string
  /** Columns of the target table and the SQL of their values. */
  readonly values: ReadonlyMap<string, string>
}

/** As rows that the table does not have yet. `source`: SQL in the place of `staged`. */
export function newRows(table: FactTable, source = 'staged'): Rows {
  const { columns, currency } = table
  const usesPartner = currency === 'row' && !isAccounts(table)
  const own = usesPartner ? 'coalesce(s.currency, p.currency, a.currency)' : currencyIn(table)
  const partner = usesPartner ? `left join partners p on p.account_id = $1 and p.partner_id = ${partnerIn(table)}` : ''
  const values = new Map(columns.map((column) => [column.name, newValue(column)]))
  if (usesPartner) values.set('currency', own)
  return {
    from: `${source} s ${around(table)} ${partner} ${currency ? digitsOf('f', own) : ''}`,
    values: derived(table, values, own),
  }
}

/**
 * As rows that the table has: only what changes, or may change. Money is exact still, in minor units, for its digits are
 * checked where its currency is known.
 */
export function knownRows(table: FactTable, given: Given, within: string, source = 'staged'): Rows {
  const currency = table.columns.find(({ name }) => name === 'currency')
  const own = table.currency === 'row' && currency ? knownValue(currency, given) : currencyIn(table)
  const carried = isAccounts(table) ? digitsOf('g', 't.currency') : ''
  const values = new Map(
    table.columns
      .map((column) => [column.name, knownValue(column, given, isAccounts(table))] as const)
      .filter(([name, value]) => value !== `t.${name}`),
  )
  return {
    from: `${source} s ${around(table)} ${stored(table, within)} ${table.currency ? digitsOf('f', own) : ''} ${carried}`,
    values: derived(table, values, own),
  }
}

/** What a row will hold in a column, new or not: `t` is left-joined. Not for money. */
export function heldValue({ columns }: FactTable, given: Given): (column: string) => string {
  return (name) => {
    const column = columns.find((known) => known.name === name) as Column
    const [fresh, known] = [newValue(column), knownValue(column, given)]
    return fresh === known ? fresh : `case when t.account_id is null then ${fresh} else ${known} end`
  }
}

/** Finds the stored row `t` of the staged row `s` by its key, and in its month. */
export function stored({ name, key, keys, month }: FactTable, within: string, join = 'join'): string {
  const same = (alias: string) =>
    [
      `${alias}.account_id = ${name === 'accounts' ? 's.account_id' : '$1'}`,
      ...key.map((k) => `${alias}.${k} = s.${k}`),
    ].join(' and ')
  if (!keys) return `${join} ${name} t on ${same('t')} and ${within}`
  return `${join} ${keys} k on ${same('k')} ${join} ${name} t on ${same('t')} and t.${month} = k.${month} and ${within}`
}

/** Minor units per unit of the row's currency. */
export const FACTOR = 'coalesce(f.factor, 100)'

const isAccounts = ({ name }: FactTable) => name === 'accounts'

const partnerIn = ({ owner }: FactTable) => (owner ? 'o.partner_id' : 's.partner_id')

const currencyIn = (table: FactTable) => (isAccounts(table) ? 's.currency' : 'a.currency')

function around(table: FactTable): string {
  const { owner } = table
  const whose = owner ? `join ${owner.table} o on o.account_id = $1 and o.${owner.key} = s.${owner.key}` : ''
  return isAccounts(table) ? '' : `join accounts a on a.account_id = $1 ${whose}`
}

/** What no file says: whose account and partner, and whether the currency is another than the account's. */
function derived(table: FactTable, values: Map<string, string>, currency: string): Map<string, string> {
  if (isAccounts(table)) return values
  values.set('account_id', '$1::int')
  if (table.owner) values.set('partner_id', partnerIn(table))
  if (table.currency === 'row' && values.has('currency')) values.set('is_foreign', `${currency} <> a.currency`)
  return values
}

/** Minor units per unit, of the currencies that have no hundredths. */
const FACTORS = Intl.supportedValuesOf('currency')
  .map((currency) => [currency, currencyExponent(currency)] as const)
  .filter(([, exponent]) => exponent !== 2)
  .map(([currency, exponent]) => `('${currency}', ${10 ** exponent})`)
  .join(', ')

const digitsOf = (alias: string, currency: string) =>
  `left join (values ${FACTORS}) ${alias}(currency, factor) on ${alias}.currency = ${currency}`

function newValue({ name, type, fallback }: Column): string {
  const value = fallback === undefined ? `s.${name}` : `coalesce(s.${name}, ${fallback})`
  return type.money ? `(${value} * ${FACTOR})::bigint` : value
}

/** A filled cell counts; an empty one clears unless the value is fixed; where there is none, what was stored stays. */
function knownValue({ name, type, fallback, fixed }: Column, given: Given, carried = false): string {
  const units = type.money ? ` * ${FACTOR}` : ''
  const kept = fixed ?? (carried && type.money ? `t.${name}::numeric${units} / coalesce(g.factor, 100)` : `t.${name}`)
  const brings = given(name)
  if (brings === false) return kept
  const empty = fixed ?? fallback
  const cell = empty === undefined ? `s.${name}${units}` : `coalesce(s.${name}, ${empty})${units}`
  return brings === true ? cell : `case when ${brings} then ${cell} else ${kept} end`
}
