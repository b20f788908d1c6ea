import { sql } from 'kysely'
import { insertAudit } from '../../access/audit.ts'
import type { Writer } from '../../connection/client.ts'
import { DAY_MS } from '../../values/durations.ts'
import { decimal } from '../../values/money.ts'
import { payPalReceiver } from '../../values/paypal.ts'
import { balanceOf } from '../balance.ts'
import { column, hasBilling, inPeriod, ofAccount, type Span, type Sql } from '../definitions.ts'
import type { ActingScope, PartnerScope } from './scope.ts'

/** `amount` in minor units of `currency`. */
export interface Withdrawal {
  readonly withdrawal_id: string
  readonly amount: string
  readonly currency: string
  readonly status: string
  readonly requested_at: Date
  readonly acted_at: Date | null
  readonly invoice_id: string | null
  readonly paypal: string | null
}

/** The query of a partner's withdrawals requested in the span, newest first. */
export const withdrawalsQuery = ({ account, partnerId }: PartnerScope, span: Span): Sql => sql`
  select w.withdrawal_id, w.amount, w.currency, w.status, w.requested_at, w.acted_at, w.invoice_id, w.paypal
  from withdrawals w
  where ${ofAccount(account.accountId, [partnerId], 'w')} and ${inPeriod(column('w', 'requested_at'), span)}
  order by w.requested_at desc, w.withdrawal_id desc`

type WithdrawalRequest = { readonly requested: Withdrawal } | { readonly refused: WithdrawalRefusal }
export type WithdrawalRefusal = 'open_request' | 'partner_blocked' | 'billing_missing' | 'below_minimum'

/**
 * Asks for all that is available (docs/data-api.md, Choices). Its number and its invoice number (`2026/B1/p0`) are of our own space, which no
 * program numbers its withdrawals from. One partner's requests wait for each other, so that what one takes the next
 * no longer sees. The same idempotency key within 24 hours gets the same withdrawal again.
 */
export async function requestWithdrawal(scope: ActingScope, idempotencyKey?: string): Promise<WithdrawalRequest> {
  await waitInLine(scope)
  if (idempotencyKey !== undefined) {
    const known = await findAnswer(scope, idempotencyKey)
    if (known) return { requested: known }
  }
  const outcome = await refuseOrInsert(scope)
  if (idempotencyKey !== undefined && 'requested' in outcome) await keepAnswer(scope, idempotencyKey, outcome.requested)
  return outcome
}

/** All of the account, for the number of a withdrawal is unique in it. */
async function waitInLine({ db, account }: PartnerScope): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`withdrawals of ${account.accountId}`}, 0))`.execute(db)
}

async function refuseOrInsert(scope: ActingScope): Promise<WithdrawalRequest> {
  const { db, account, partnerId, now } = scope
  const standing = await findStanding(scope)
  if (standing.open) return { refused: 'open_request' }
  if (standing.blocked) return { refused: 'partner_blocked' }
  const { available } = await balanceOf(db, account, now, partnerId)
  if (available <= 0n || available < account.withdrawalMinimum) return { refused: 'below_minimum' }
  const paypal = standing.paypal === null ? undefined : payPalReceiver(standing.paypal)
  if (paypal === undefined) return { refused: 'billing_missing' }
  const requested = await insertWithdrawal(scope, { amount: available, paypal })
  await noteRequest(scope, requested)
  return { requested }
}

async function noteRequest({ db, account, partnerId, now, actor }: ActingScope, made: Withdrawal): Promise<void> {
  const { withdrawal_id, amount, currency, invoice_id } = made
  await insertAudit(db, {
    at: now,
    actor,
    action: 'withdrawal.request',
    target: withdrawal_id,
    accountId: account.accountId,
    after: { partner: partnerId, amount: decimal(BigInt(amount), currency), currency, invoice_id },
  })
}

interface Standing {
  readonly open: boolean
  readonly blocked: boolean
  /** null where billing details are missing or not complete. */
  readonly paypal: string | null
}

async function findStanding({ db, account, partnerId }: PartnerScope): Promise<Standing> {
  const { rows } = await sql<Standing>`
    select p.blocked, case when ${hasBilling('b')} then b.paypal end as paypal,
      coalesce(bool_or(w.status = 'pending'), false) as open
    from partners p
    left join billing_details b on b.account_id = p.account_id and b.partner_id = p.partner_id
    left join withdrawals w on w.account_id = p.account_id and w.partner_id = p.partner_id
    where ${ofAccount(account.accountId, [partnerId], 'p')}
    group by p.account_id, p.partner_id, b.account_id, b.partner_id`.execute(db)
  const [standing] = rows
  if (!standing) throw new RangeError(`account ${account.accountId} has no partner ${partnerId}`)
  return standing
}

async function insertWithdrawal(
  { db, account, partnerId, now }: PartnerScope,
  { amount, paypal }: { amount: bigint; paypal: string },
): Promise<Withdrawal> {
  const { rows } = await sql<{ id: string }>`select next_withdrawal_id() as id`.execute(db)
  const id = BigInt(rows[0]?.id as string)
  return db
    .insertInto('withdrawals')
    .values({
      account_id: account.accountId,
      withdrawal_id: id,
      partner_id: partnerId,
      amount,
      currency: account.currency,
      is_foreign: false,
      status: 'pending',
      requested_at: now,
      invoice_id: `${now.getUTCFullYear()}/B${id - BEFORE_OURS}/${partnerId}`,
      paypal,
      made_here: true,
    })
    .returning(['withdrawal_id', 'amount', 'currency', 'status', 'requested_at', 'acted_at', 'invoice_id', 'paypal'])
    .executeTakeFirstOrThrow()
}

/** Requests are counted from here, over all partners of the account. */
const BEFORE_OURS = 7_999_999_999_999_999n

const scopeOf = ({ account, partnerId }: PartnerScope) => `withdrawal:${account.accountId}:${partnerId}`

async function findAnswer(scope: PartnerScope, key: string): Promise<Withdrawal | undefined> {
  const answer = await scope.db
    .selectFrom('idempotency_keys')
    .select('response')
    .where('scope', '=', scopeOf(scope))
    .where('key', '=', key)
    .where('created_at', '>', new Date(scope.now.getTime() - DAY_MS))
    .executeTakeFirst()
  return answer && findWithdrawal(scope.db, scope, String(answer.response))
}

async function findWithdrawal(db: Writer, scope: PartnerScope, id: string): Promise<Withdrawal | undefined> {
  return db
    .selectFrom('withdrawals')
    .select(['withdrawal_id', 'amount', 'currency', 'status', 'requested_at', 'acted_at', 'invoice_id', 'paypal'])
    .where('account_id', '=', scope.account.accountId)
    .where('partner_id', '=', scope.partnerId)
    .where('withdrawal_id', '=', id)
    .executeTakeFirst()
}

async function keepAnswer(scope: PartnerScope, key: string, { withdrawal_id }: Withdrawal): Promise<void> {
  const answer = { request_hash: '', status: 201, response: withdrawal_id, created_at: scope.now }
  await scope.db
    .insertInto('idempotency_keys')
    .values({ scope: scopeOf(scope), key, ...answer })
    .onConflict((conflict) => conflict.columns(['scope', 'key']).doUpdateSet(answer))
    .execute()
}
