import { sql } from 'kysely'
import { column, isReferral, licenseStatus, ofAccount, type Sql } from '../definitions.ts'
import { inAccountCurrency } from '../money.ts'
import type { PartnerScope } from './scope.ts'

/** A partner brought by the one who asks, its licences counted; `commission` is what it brought, minor units. */
export interface ReferredPartner {
  readonly partner_id: string
  readonly created_at: Date
  readonly active_trials: number
  readonly active_trials_cc_added: number
  readonly total_trials: number
  readonly active_paid: number
  readonly total_paid: number
  readonly commission: string
}

/** The query of the partners that a partner brought, newest first. Opens the wall to their licences for this transaction. */
export async function referredQuery(scope: PartnerScope): Promise<Sql> {
  const { db, account, partnerId, now } = scope
  await sql`select set_config('app.referred', 'on', true)`.execute(db)
  const entries = sql`${ofAccount(account.accountId, [partnerId], 'c')} and ${isReferral()} and c.referred_partner_id is not null`
  const { amount, join } = await inAccountCurrency(db, account, 'commissions', 'c', { where: entries })
  return sql`select p.partner_id, p.created_at, n.*, coalesce(e.commission, 0)::text as commission
    from partners p
    left join (select c.referred_partner_id, sum(${amount}) as commission from commissions c ${join}
      where ${entries} group by 1) e on e.referred_partner_id = p.partner_id,
    lateral (select count(*) filter (where status = 'trial')::int as active_trials,
        count(*) filter (where status = 'trial' and cc_added_at <= ${now})::int as active_trials_cc_added,
        count(*)::int as total_trials, count(*) filter (where status = 'paid')::int as active_paid,
        count(*) filter (where converted_at <= ${now})::int as total_paid
      from (select l.cc_added_at, l.converted_at, ${licenseStatus(now)} as status from licenses l
        where l.account_id = ${account.accountId} and ${column('l', 'partner_id')} = p.partner_id) as of_now) n
    where p.account_id = ${account.accountId} and p.referred_by = ${partnerId}
    order by p.created_at desc, p.partner_id desc`
}
