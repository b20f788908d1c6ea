import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  requestWithdrawal,
  type Withdrawal,
  type WithdrawalRefusal,
  withdrawalsQuery,
} from '../../../../db/queries/data/withdrawals.ts'
import { HttpProblem, invalid } from '../../shared/problem.ts'
import { anyRange, inOrder } from '../../shared/schemas.ts'
import { type Endpoint, partnerEndpoint } from '../endpoint.ts'
import { spanOf } from '../families.ts'
import { listOf } from '../lists.ts'
import { count, money, moneyNumber, string, timestamp, timestampOf } from '../shapes.ts'

const withdrawal = z.object({
  withdrawal_id: count(),
  request_timestamp: timestamp(),
  action_timestamp: timestamp(),
  status: string(),
  amount: money(),
  invoice_id: string(),
  paypal: string(),
})

export const withdrawals: readonly Endpoint[] = [
  listOf({
    id: 'text-get-withdrawals',
    path: '/v2/partners/withdrawals',
    summary: 'Payout requests, newest first.',
    query: inOrder(z.object(anyRange('date')), 'date_from', 'date_to'),
    item: withdrawal,
    rows: (scope, query) => withdrawalsQuery(scope, spanOf(query)),
    shape: withdrawalOf,
  }),
  partnerEndpoint({
    id: 'text-request-withdrawal',
    method: 'POST',
    path: '/v2/partners/withdrawals',
    summary: 'Ask for a payout of the available balance. Idempotency-Key is honoured for 24 hours.',
    write: true,
    status: 201,
    answer: withdrawal,
    handle: async ({ scope, request }) => {
      const outcome = await requestWithdrawal(scope, idempotencyKeyOf(request))
      if ('refused' in outcome) throw refusals[outcome.refused]()
      return withdrawalOf(outcome.requested)
    },
  }),
]

const refusals: Record<WithdrawalRefusal, () => HttpProblem> = {
  open_request: () => new HttpProblem(409, 'a withdrawal is waiting for its answer already'),
  partner_blocked: () => new HttpProblem(403, 'the partner is blocked'),
  billing_missing: () => new HttpProblem(409, 'billing details are missing or not complete'),
  below_minimum: () => new HttpProblem(403, 'the available balance is under the minimum of a withdrawal'),
}

function withdrawalOf(row: Withdrawal): z.output<typeof withdrawal> {
  return {
    withdrawal_id: Number(row.withdrawal_id),
    request_timestamp: timestampOf(row.requested_at),
    action_timestamp: timestampOf(row.acted_at),
    status: row.status,
    amount: moneyNumber(row.amount, row.currency),
    invoice_id: row.invoice_id ?? '',
    paypal: row.paypal ?? '',
  }
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw invalid('header', 'Idempotency-Key', 'expected 1 to 255 printable characters without spaces')
}
