import { sql } from 'kysely'
import type { Account } from '../access/accounts.ts'
import type { Snapshot } from '../connection/client.ts'
import { inPeriod, ofAccount, type PartnerIds, type Span } from './definitions.ts'

/** Quantities are exact decimals as text (db/values/quantity.ts). */
interface UsageTotals {
  readonly organizations: number
  /** Of status active. */
  readonly activeOrganizations: number
  /** Distinct events that occurred in the period. */
  readonly events: number
  readonly quantity: string
  /** Quantity of the kind `identification`. */
  readonly identifications: string
  /** What negative entries of the period took. */
  readonly creditsUsed: string
  /** All entries there are, of any time. */
  readonly creditsRemaining: string
}

/** What partners used in a period, over all their organisations (docs/definitions.md, Usage). */
export async function usageTotals(
  db: Snapshot,
  account: Account,
  period: Span,
  { partners }: { partners?: PartnerIds } = {},
): Promise<UsageTotals> {
  const of = (alias: string) => ofAccount(account.accountId, partners, alias)
  const result = await sql<UsageTotals>`
    with o as (select count(*)::int as organizations, count(*) filter (where o.status = 'active')::int as active
        from organizations o where ${of('o')}),
      e as (select count(*)::int as events, trim_scale(coalesce(sum(e.quantity), 0))::text as quantity,
          trim_scale(coalesce(sum(e.quantity) filter (where e.kind = 'identification'), 0))::text as identifications
        from usage_events e where ${of('e')} and ${inPeriod(sql`e.occurred_at`, period)}),
      c as (select trim_scale(coalesce(sum(c.amount), 0))::text as remaining, trim_scale(coalesce(-sum(c.amount)
          filter (where c.amount < 0 and ${inPeriod(sql`c.occurred_at`, period)}), 0))::text as used
        from credit_entries c where ${of('c')})
    select o.organizations, o.active as "activeOrganizations", e.events, e.quantity, e.identifications,
      c.used as "creditsUsed", c.remaining as "creditsRemaining" from o, e, c`.execute(db)
  return result.rows[0] as UsageTotals
}

/** Partners that have organisations, of whatever status, by partner_id. */
export async function listPartnersWithOrganizations(
  db: Snapshot,
  account: Account,
  { partners }: { readonly partners?: PartnerIds } = {},
): Promise<{ readonly partnerId: string; readonly name: string }[]> {
  const result = await sql<{ partnerId: string; name: string }>`
    select p.partner_id as "partnerId", p.name from partners p where ${ofAccount(account.accountId, partners, 'p')}
      and exists (select from organizations o where o.account_id = p.account_id and o.partner_id = p.partner_id)
    order by p.partner_id collate "C"`.execute(db)
  return result.rows
}

interface OrganizationFilter {
  readonly partners?: PartnerIds
  readonly status?: string
  /** Part of the name, the id or the external id, whatever its case. */
  readonly search?: string
  readonly externalId?: string
}

interface Organization {
  readonly organizationId: string
  readonly partnerId: string
  readonly name: string
  readonly externalId: string | null
  readonly status: string
  readonly createdAt: Date
}

/** Organisations by name. */
export async function listOrganizations(
  db: Snapshot,
  account: Account,
  { partners, status, search, externalId }: OrganizationFilter = {},
): Promise<Organization[]> {
  const needle = search?.toLowerCase()
  const result = await sql<Organization>`
    select o.organization_id as "organizationId", o.partner_id as "partnerId", o.name, o.external_id as "externalId",
      o.status, o.created_at as "createdAt"
    from organizations o where ${ofAccount(account.accountId, partners, 'o')}
      ${status === undefined ? sql`` : sql`and o.status = ${status}`}
      ${externalId === undefined ? sql`` : sql`and o.external_id = ${externalId}`}
      ${
        needle === undefined
          ? sql``
          : sql`and (strpos(lower(o.name), ${needle}) > 0
        or strpos(lower(o.organization_id), ${needle}) > 0 or strpos(lower(o.external_id), ${needle}) > 0)`
      }
    order by o.name collate "C", o.organization_id collate "C"`.execute(db)
  return result.rows
}
