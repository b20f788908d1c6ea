import { partnerWall } from './0003-walls.ts'

/**
 * What a partner asks for or says here is told apart from what an import brings, so that no import overwrites it: requests
 * have numbers that no file can name, cells that a partner set are on record, and each change has its entry in the audit log.
 */
const account = `account_id = (select nullif(current_setting('app.account_id', true), '')::int)`

export const madeHere = `
-- Inside the walls only people's own requests insert; this says so for the version before, too, while it is still at work.
alter table withdrawals add column made_here boolean not null default (current_user = 'bursar_tenant');

-- Requests of before, by the invoice number that only a request could give itself, at an instant as our clock tells it: to
-- the millisecond, where a file of the program has whole seconds. Their numbers stay: partner and program know them.
update withdrawals set made_here = true
where withdrawal_id > 1000000000 and paypal is not null and not is_foreign
  and split_part(invoice_id, '/', 2) ~ '^[1-9][0-9]*$'
  and invoice_id = to_char(requested_at at time zone 'UTC', 'YYYY') || '/' || split_part(invoice_id, '/', 2) || '/' || partner_id
  and requested_at = date_trunc('milliseconds', requested_at) and requested_at <> date_trunc('second', requested_at);

-- From 8·10^15, up to what JSON carries as a number (2^53 − 1): the import takes no new number of this space. One that came
-- in before it was ours is passed over; one that was taken back is not given again.
create or replace function next_withdrawal_id() returns bigint language sql volatile security definer set search_path from current as $$
  with space as (select withdrawal_id as id, made_here from withdrawals where ${account} and withdrawal_id >= 8000000000000000
      union all select r.withdrawal_id, r.made_here
        from voided_facts v, jsonb_to_record(v."row") r (withdrawal_id bigint, made_here boolean)
        where ${account} and v.table_name = 'withdrawals' and r.withdrawal_id >= 8000000000000000),
    first as (select coalesce(max(id) filter (where made_here), 7999999999999999) + 1 as id from space)
  select min(free.id) from (select id from first union all select s.id + 1 from space s, first f where s.id >= f.id) free
  where not exists (select from space s where s.id = free.id)
$$;

-- A cell of the facts that the partner set itself; gone once an import was told to overwrite it.
create table partner_edits (
  account_id int not null,
  table_name text not null,
  partner_id text not null,
  column_name text not null,
  set_at timestamptz not null,
  actor text not null,
  primary key (account_id, table_name, partner_id, column_name)
);
${partnerWall('partner_edits')}
grant insert, update on partner_edits to bursar_tenant;

-- Whoever changes something inside the walls writes it down, for its own account, and reads nothing of it.
alter table audit_log enable row level security;
create policy tenant on audit_log for insert to bursar_tenant with check (${account});
grant insert on audit_log to bursar_tenant;
`
