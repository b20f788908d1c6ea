import type { PoolClient, QueryResult, QueryResultRow } from 'pg'

/** Runs SQL in which `$1`, where it occurs, is the account. */
export type Query = <Row extends QueryResultRow>(sql: string) => Promise<QueryResult<Row>>

export const queryFor =
  (connection: PoolClient, accountId: number): Query =>
  (sql) =>
    connection.query(sql, sql.includes('$1') ? [accountId] : [])
