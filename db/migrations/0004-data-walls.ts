/**
 * What the report-data endpoints need of the walls beyond one's own rows (docs/data-api.md, Keys and walls): a partner sees whom it referred,
 * counts their licences where it asks for them, keeps its idempotency keys, and gets ids that others cannot see.
 */
const account = `account_id = (select nullif(current_setting('app.account_id', true), '')::int)`
const self = `(select nullif(current_setting('app.partner_id', true), ''))`

export const dataWalls = `
create policy referred on partners for select to bursar_tenant using (${account} and referred_by = ${self});

-- Only inside a transaction that says so: no other query ever meets a licence of another partner.
create policy referred on licenses for select to bursar_tenant using (
  (select current_setting('app.referred', true)) = 'on' and ${account}
  and partner_id in (select p.partner_id from partners p where p.${account} and p.referred_by = ${self}));

alter table idempotency_keys enable row level security;
create policy tenant on idempotency_keys to bursar_tenant
  using (scope = 'withdrawal:' || current_setting('app.account_id', true) || ':' || ${self})
  with check (scope = 'withdrawal:' || current_setting('app.account_id', true) || ':' || ${self});
grant select, insert, update on idempotency_keys to bursar_tenant;

-- Withdrawals asked for here are numbered from 1,000,000,001, so that an import never meets one of them by chance.
create function next_withdrawal_id() returns bigint language sql volatile security definer set search_path from current as $$
  select greatest(max(withdrawal_id), 1000000000) + 1 from withdrawals where ${account}
$$;
revoke execute on function next_withdrawal_id() from public;
grant execute on function next_withdrawal_id() to bursar_tenant;
`
