import { sql } from 'kysely'
import type { Writer } from '../../client.ts'
import { setPreference } from '../../preferences.ts'
import type { PartnerScope } from './scope.ts'

export interface PartnerProfile {
  readonly partner_id: string
  readonly name: string
  readonly email: string
  readonly programs: readonly string[]
  readonly blocked: boolean
  readonly locale: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  readonly contact_name: string | null
  readonly contact_email: string | null
  readonly properties: Record<string, unknown>
}

/** The partner with what it set itself; undefined where the account has no such partner. */
export async function findProfile(
  db: Writer,
  accountId: number,
  partnerId: string,
): Promise<PartnerProfile | undefined> {
  const { rows } = await sql<PartnerProfile>`
    select p.partner_id, p.name, p.email, p.programs, p.blocked, p.locale, s.first_name, s.last_name, s.contact_name,
      s.contact_email, coalesce(s.properties, '{}') as properties
    from partners p left join partner_settings s using (account_id, partner_id)
    where p.account_id = ${accountId} and p.partner_id = ${partnerId}`.execute(db)
  return rows[0]
}

interface ProfileChange {
  readonly first_name: string
  readonly last_name: string
  readonly contact_name: string
  readonly contact_email: string
  /** Topic (a report's name, `newsletter` or `notifications`) and whether it is wanted. */
  readonly preferences: readonly (readonly [string, boolean])[]
}

export async function updateProfile(scope: PartnerScope, { preferences, ...names }: ProfileChange): Promise<void> {
  const { db, account, partnerId, now } = scope
  await db
    .insertInto('partner_settings')
    .values({ account_id: account.accountId, partner_id: partnerId, ...names })
    .onConflict((conflict) => conflict.columns(['account_id', 'partner_id']).doUpdateSet(names))
    .execute()
  for (const [topic, wanted] of preferences) {
    await setPreference(db, { accountId: account.accountId, partnerId, topic, wanted, source: 'profile' }, now)
  }
}

interface BillingDetails {
  readonly type: string
  readonly company: string
  readonly address: string
  readonly city: string
  readonly country: string
  readonly paypal: string
  readonly zip_code: string | null
  readonly vat: string | null
  readonly state: string | null
}

export async function findBilling({ db, account, partnerId }: PartnerScope): Promise<BillingDetails | undefined> {
  return db
    .selectFrom('billing_details')
    .select(['type', 'company', 'address', 'city', 'country', 'paypal', 'zip_code', 'vat', 'state'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
}

/** Replaces all of it: what is left out is gone. */
export async function replaceBilling({ db, account, partnerId }: PartnerScope, details: BillingDetails): Promise<void> {
  await db
    .insertInto('billing_details')
    .values({ account_id: account.accountId, partner_id: partnerId, ...details })
    .onConflict((conflict) => conflict.columns(['account_id', 'partner_id']).doUpdateSet(details))
    .execute()
}

export async function listCoupons({
  db,
  account,
  partnerId,
}: PartnerScope): Promise<{ coupon_id: string; label: string }[]> {
  return db
    .selectFrom('coupons')
    .select(['coupon_id', 'label'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .where('active', '=', true)
    .orderBy('coupon_id')
    .execute()
}
