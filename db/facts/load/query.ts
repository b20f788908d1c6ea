import type { PoolClient, QueryResult, QueryResultRow } from 'pg'

/** Runs SQL in which `$1`, where it occurs, is the account; `$2` and so on are `values`. */
export type Query = <Row extends QueryResultRow>(sql: string, ...values: unknown[]) => Promise<QueryResult<Row>>

export const queryFor =
  (connection: PoolClient, accountId: number): Query =>
  (sql, ...values) =>
    connection.query(sql, sql.includes('$1') ? [accountId, ...values] : [])
