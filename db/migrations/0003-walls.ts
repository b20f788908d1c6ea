/**
 * Tenant and partner isolation in the database (docs/data-api.md, Keys and walls): requests with a partner's or an account's key run as
 * `bursar_tenant`, a role without login and without bypass, inside a transaction that names account and partner.
 * A session that names no account sees nothing.
 */
const PARTNER_TABLES = [
  'partners',
  'billing_details',
  'coupons',
  'campaigns',
  'clicks',
  'licenses',
  'license_operators',
  'license_invoices',
  'commissions',
  'withdrawals',
  'leads',
  'lead_events',
  'deals',
  'organizations',
  'usage_events',
  'usage_event_conflicts',
  'credit_entries',
  'usage_invoices',
  'expert_profiles',
  'expert_comments',
  'expert_stats',
  'expert_views',
  'partner_settings',
  'preferences',
  'api_keys',
]
const ACCOUNT_TABLES = ['accounts', 'agents', 'funnels', 'stages', 'fx_rates']

// Settings are read in subselects, once a query instead of once a row; and `case` lets the planner expect half of the rows
// where an account reads them all, not one of two hundred, which had it sort and loop through thousands.
const account = `account_id = (select nullif(current_setting('app.account_id', true), '')::int)`
const partner = `case when (select coalesce(current_setting('app.partner_id', true), '')) = '' then true
  else partner_id = (select current_setting('app.partner_id', true)) end`

const wall = (table: string, rule: string) => `
alter table ${table} enable row level security;
create policy tenant on ${table} to bursar_tenant using (${rule}) with check (${rule});
grant select on ${table} to bursar_tenant;`

/** A partner's key sees its own rows, an account's key those of all its partners. */
export const partnerWall = (table: string) => wall(table, `${account} and ${partner}`)

export const walls = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'bursar_tenant') then
    create role bursar_tenant nologin noinherit nobypassrls;
  end if;
exception when duplicate_object or unique_violation then null;
end $$;
-- An ordinary role may be made a member beforehand, by whoever may; from PostgreSQL 16 on being one is not yet the right to become it.
do $$
declare may_become constant text := case when current_setting('server_version_num')::int < 160000 then 'MEMBER' else 'SET' end;
begin
  if (select rolsuper from pg_roles where rolname = current_user) or not pg_has_role(current_user, 'bursar_tenant', may_become) then
    execute format('grant bursar_tenant to %I', current_user);
  end if;
end $$;
do $$ begin execute format('grant usage on schema %I to bursar_tenant', current_schema()); end $$;
${PARTNER_TABLES.map(partnerWall).join('')}
${ACCOUNT_TABLES.map((table) => wall(table, account)).join('')}
grant insert, update on billing_details, partner_settings, preferences, withdrawals, api_keys to bursar_tenant;
`
