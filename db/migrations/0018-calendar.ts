/**
 * One calendar, whatever the machine: which rules an instant was reckoned by, an account's zones one after another, and the
 * boundaries of periods, which are facts once a sealed period has used them.
 */
const account = `account_id = (select nullif(current_setting('app.account_id', true), '')::int)`

const wall = (table: string) => `
alter table ${table} enable row level security;
create policy tenant on ${table} to bursar_tenant using (${account});
grant select on ${table} to bursar_tenant;`

export const calendar = `
-- The release of the tz data, such as 2026f; null for what is older than this column.
alter table runs add column tz_version text;
alter table workers add column tz_version text;

-- What a run has to say about its bounds: null where the rules and the ledger agree.
alter table runs add column calendar_note text;

-- Since which local date accounts.timezone is in force, as last imported; the zones before it are below.
alter table accounts add column timezone_from date;
create table former_time_zones (
  account_id int not null,
  -- The first local date that is no longer of this zone.
  until date not null,
  zone text not null,
  primary key (account_id, until)
);
${wall('former_time_zones')}

-- Where a sealed period began or ended. The instant stays, whatever rules come later, so that neighbours share it.
create table period_boundaries (
  account_id int not null,
  local_date date not null,
  instant timestamptz not null,
  time_zone text not null,
  tz_version text,
  run_id uuid not null,
  -- What the rules of checked_version make of the date.
  by_rules timestamptz not null,
  checked_version text,
  -- Set where somebody chose to keep the instant although the rules have moved it.
  kept_at timestamptz,
  kept_by text,
  primary key (account_id, local_date)
);
create index on period_boundaries (checked_version);
create index period_boundaries_moved on period_boundaries (account_id, local_date) where instant <> by_rules;
${wall('period_boundaries')}

-- What each release that has been at work here says of a zone: an older process is not to compute where a newer one differs.
create table zone_rules (
  zone text not null,
  version text not null,
  sha256 text not null,
  primary key (zone, version)
);

-- The boundaries of the periods that have been sealed, by the dates of their keys; of several that disagree the first.
insert into period_boundaries (account_id, local_date, instant, time_zone, run_id, by_rules)
select distinct on (account_id, local_date) account_id, local_date, instant, time_zone, id, instant
from (
  select r.account_id, r.id, r.time_zone, r.created_at, d.day as local_date, case when d.is_end then r.period_to else r.period_from end as instant
  from runs r
  cross join lateral (
    select case
      when period ~ '^[0-9]{4}$' then (period || '-01-01')::date
      when period ~ '^[0-9]{4}-Q[1-4]$' then make_date(left(period, 4)::int, right(period, 1)::int * 3 - 2, 1)
      when period ~ '^[0-9]{4}-[0-9]{2}$' then (period || '-01')::date
      when period ~ '^[0-9]{4}-W[0-9]{2}$' then to_date(period || '-1', 'IYYY-"W"IW-ID')
      when period ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(period, 10)::date end as first) f
  cross join lateral (
    select case
      when period ~ '^[0-9]{4}$' then (first + interval '1 year')::date
      when period ~ '^[0-9]{4}-Q' then (first + interval '3 months')::date
      when period ~ '^[0-9]{4}-[0-9]{2}$' then (first + interval '1 month')::date
      when period ~ '^[0-9]{4}-W' then first + 7
      when period ~ '[.][.]' then right(period, 10)::date + 1
      else first + 1 end as after) l
  cross join lateral (values (first, false), (after, true)) as d(day, is_end)
  where first is not null and exists (select from statements s where s.account_id = r.account_id and s.run_id = r.id and s.sealed is not null)
) used
order by account_id, local_date, created_at, id;
`
