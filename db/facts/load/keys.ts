import type { FactTable } from '../table.ts'

/** The columns that find a row of any account. */
export const keyOf = (table: FactTable) => [...new Set(['account_id', ...table.key])]

export const sameKey = (key: readonly string[], left = 't', right = 'r') =>
  key.map((column) => `${left}.${column} = ${right}.${column}`).join(' and ')

/** SQL: the key of a row within its account, as it is kept: `{"commission_id": "c-1"}`. */
export const keyJson = ({ key }: FactTable, alias: string) =>
  `jsonb_build_object(${key.map((column) => `'${column}', ${alias}.${column}`).join(', ')})`
