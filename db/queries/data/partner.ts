import { sql } from 'kysely'
import { auditEdit, changedFields, noteEdits } from '../../access/partner-edits.ts'
import { listWishes, type SendFlag, setPreference, TOPICS } from '../../access/preferences.ts'
import type { Writer } from '../../connection/client.ts'
import type { ActingScope, PartnerScope } from './scope.ts'

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
  /** The mails that are wanted or not; what is left out stays as it is. */
  readonly flags: Readonly<Partial<Record<SendFlag, boolean | undefined>>>
}

/**
 * Saves the form, which always says all of it: what stands as it was is no change. A flag that is no other than what counts
 * already is no new wish either, so that one who mends a name does not thereby ask for mails again.
 */
export async function updateProfile(scope: ActingScope, { flags, ...names }: ProfileChange): Promise<void> {
  const before = await findSettings(scope)
  const after = { ...names, ...flags }
  const changed = changedFields(before, after)
  if (changed.length === 0) return
  await scope.db
    .insertInto('partner_settings')
    .values({ account_id: scope.account.accountId, partner_id: scope.partnerId, ...names })
    .onConflict((conflict) => conflict.columns(['account_id', 'partner_id']).doUpdateSet(names))
    .execute()
  for (const [flag, topic] of Object.entries(TOPICS)) {
    const wanted = flags[flag as SendFlag]
    if (wanted !== undefined && changed.includes(flag)) await wish(scope, topic, wanted)
  }
  await auditEdit(scope, 'profile.update', changed, before, after)
}

/** What the form shows: the names that were set, under a lock, and the mails that are wanted. */
async function findSettings({ db, account: { accountId }, partnerId }: PartnerScope) {
  const names = await db
    .selectFrom('partner_settings')
    .select(['first_name', 'last_name', 'contact_name', 'contact_email'])
    .where('account_id', '=', accountId)
    .where('partner_id', '=', partnerId)
    .forUpdate()
    .executeTakeFirst()
  return { ...names, ...(await listWishes(db, accountId, partnerId)) }
}

const wish = ({ db, account: { accountId }, partnerId, now }: PartnerScope, topic: string, wanted: boolean) =>
  setPreference(db, { accountId, partnerId, topic, wanted, source: 'profile' }, now)

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

export const findBilling = (scope: PartnerScope): Promise<BillingDetails | undefined> =>
  billingOf(scope).executeTakeFirst()

const billingOf = ({ db, account, partnerId }: PartnerScope) =>
  db
    .selectFrom('billing_details')
    .select(['type', 'company', 'address', 'city', 'country', 'paypal', 'zip_code', 'vat', 'state'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)

/**
 * Replaces all of it: what is left out is gone. What this changes is the partner's own word from now on; what it leaves as
 * an import brought it stays the import's. The row is held first, so that an import meets the change and its record or neither.
 */
export async function replaceBilling(scope: ActingScope, details: BillingDetails): Promise<void> {
  const { db, account, partnerId } = scope
  const before = await billingOf(scope).forUpdate().executeTakeFirst()
  const changed = changedFields(before && { ...before }, { ...details })
  if (changed.length === 0) return
  await db
    .insertInto('billing_details')
    .values({ account_id: account.accountId, partner_id: partnerId, ...details })
    .onConflict((conflict) => conflict.columns(['account_id', 'partner_id']).doUpdateSet(details))
    .execute()
  await noteEdits(scope, 'billing_details', changed)
  await auditEdit(scope, 'billing.update', changed, before && { ...before }, { ...details })
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
