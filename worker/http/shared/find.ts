import type { Database } from '../../../db/connection/client.ts'
import type { Delivery } from '../../../db/ledger/deliveries/delivery.ts'
import { findDelivery } from '../../../db/ledger/deliveries/lists.ts'
import { findStatement, type StatementRow } from '../../../db/ledger/statements/statements.ts'
import { isUuid } from './fields.ts'
import { notFound } from './problem.ts'

export async function findStatementOrThrow(db: Database, id: string): Promise<StatementRow> {
  const statement = isUuid(id) ? await findStatement(db, id) : undefined
  if (!statement) throw notFound('statement')
  return statement
}

export async function findDeliveryOrThrow(db: Database, id: string): Promise<Delivery> {
  const delivery = isUuid(id) ? await findDelivery(db, id) : undefined
  if (!delivery) throw notFound('delivery')
  return delivery
}
