import { partnerWall } from './0003-walls.ts'
import { entryLicenses } from './0008-entry-licenses.ts'

interface ByMonth {
  readonly name: string
  /** What a row's month goes by. */
  readonly time: string
  readonly key: string
}

const clicks: ByMonth = { name: 'clicks', time: 'occurred_at', key: 'campaign_id, occurred_at' }
const commissions: ByMonth = { name: 'commissions', time: 'earned_at', key: 'commission_id, earned_at' }
const usageEvents: ByMonth = { name: 'usage_events', time: 'occurred_at', key: 'event_id, occurred_at' }

/** The same columns, grants and rows, in parts by time, beside the table that is to go. */
const fill = ({ name, time }: ByMonth) => `
alter table ${name} rename to ${name}_whole;
create table ${name} (like ${name}_whole including defaults including constraints) partition by range (${time});
create table ${name}_past partition of ${name} for values from (minvalue) to ('2000-01-01 00:00+00');
create table ${name}_future partition of ${name} for values from ('2100-01-01 00:00+00') to (maxvalue);
alter table ${name}_past enable row level security;
alter table ${name}_future enable row level security;
do $$ declare given record; begin
  for given in select privilege_type, grantee::regrole::text as reader from pg_class, aclexplode(relacl)
    where oid = '${name}_whole'::regclass and grantee not in (relowner, 0) loop
    execute format('grant %s on ${name} to %s', given.privilege_type, given.reader);
  end loop;
end $$;
select make_months('${name}', array(select distinct date_trunc('month', ${time} at time zone 'UTC')::date from ${name}_whole));
insert into ${name} select * from ${name}_whole;`

/** Its indexes come when the rows are in; the names they had are free then. */
const finish = ({ name, key }: ByMonth, indexes: readonly string[]) => `
drop table ${name}_whole;
alter table ${name} add primary key (account_id, ${key});
${indexes.map((index) => `create index on ${name} ${index};`).join('\n')}
${partnerWall(name)}`

/** What a partitioned table cannot promise by itself: that an id is there once, whatever its month. */
const keys = (name: string, table: ByMonth, id: string) => `
create table ${name} (
  account_id int not null,
  ${id} text not null,
  ${table.time} timestamptz not null,
  primary key (account_id, ${id})
);
alter table ${name} enable row level security;
insert into ${name} select account_id, ${id}, ${table.time} from ${table.name};`

/** The months asked for that have no part of their own yet. */
const missing = `select m from unnest(months) m where m >= '2000-01-01' and m < '2100-01-01' and not exists (
    select from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent and c.relname = called || to_char(m, '_YYYY_MM'))`
const bounds = 'for values from (%L) to (%L)'
const starts = `to_char(first_day, 'YYYY-MM-DD 00:00+00'), to_char(first_day + interval '1 month', 'YYYY-MM-DD 00:00+00')`

/**
 * Facts by month, of UTC, for accounts of all zones share them. A month's part is made by the import that first needs it, in its
 * transaction: attaching keeps no reader and no writer waiting. There is no default part, since with one it would. What
 * is dated before 2000 or after 2099 shares a part, so that a file of nonsense cannot make thousands of tables.
 *
 * Months of clicks and usage events can be detached, and are remembered then, for a report must not pass over them in
 * silence; those of commissions cannot: every balance is the sum of them all.
 */
export const months = `
-- A report of the version before that has looked at other tables already would find these empty, their rows being too new for it.
do $$ begin
  if exists (select from workers where seen_at > clock_timestamp() - interval '20 seconds')
    and (exists (select from clicks) or exists (select from commissions) or exists (select from usage_events)) then
    raise exception '0009-months writes tables anew: stop every process of the version before, then migrate';
  end if;
end $$;
lock table clicks, commissions, usage_events, entry_licenses in access exclusive mode;

create table detached_months (
  table_name text not null check (table_name in ('clicks', 'usage_events')),
  month date not null check (extract(day from month) = 1),
  primary key (table_name, month)
);
grant select on detached_months to public; -- of no account, and whoever may read facts has to know

create function make_months(parent regclass, months date[]) returns void language plpgsql as $$
declare
  home text := (select nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
  called text := (select relname from pg_class where oid = parent);
  first_day date;
  part text;
begin
  if not exists (${missing}) then return; end if;
  perform pg_advisory_xact_lock(hashtextextended('months of ' || called, 0));
  for first_day in ${missing} loop
    if exists (select from detached_months d where d.table_name = called and d.month = first_day) then
      raise exception '% of % are detached', called, to_char(first_day, 'YYYY-MM')
        using hint = format('select attach_month(%L, %L)', called, to_char(first_day, 'YYYY-MM'));
    end if;
    part := format('%I.%I', home, called || to_char(first_day, '_YYYY_MM'));
    execute format('create table %s (like %s including all)', part, parent);
    execute format('alter table %s enable row level security', part);
    execute format('alter table %s attach partition %s ${bounds}', parent, part, ${starts});
  end loop;
end $$;

create function detach_month(parent text, month text) returns void language plpgsql set lock_timeout = '5s' as $$
declare first_day date := to_date(month, 'YYYY-MM');
begin
  if parent not in ('clicks', 'usage_events') then
    raise exception 'months of % cannot be detached', parent
      using hint = 'those of clicks and usage_events can: no figure adds them up over all time, as a balance does commissions';
  end if;
  execute format('alter table %I detach partition %I', parent, parent || to_char(first_day, '_YYYY_MM'));
  insert into detached_months values (parent, first_day);
end $$;

create function attach_month(parent text, month text) returns void language plpgsql set lock_timeout = '5s' as $$
declare
  first_day date := to_date(month, 'YYYY-MM');
  part text := quote_ident(parent || to_char(first_day, '_YYYY_MM'));
  strange bigint := 0;
begin
  -- who has got an owner's campaign or organisation meanwhile has its facts too
  if parent = 'clicks' then
    execute format('update %s p set partner_id = o.partner_id from campaigns o where o.account_id = p.account_id
      and o.campaign_id = p.campaign_id and o.partner_id <> p.partner_id', part);
  else
    execute format('update %s p set partner_id = o.partner_id from organizations o where o.account_id = p.account_id
      and o.organization_id = p.organization_id and o.partner_id <> p.partner_id', part);
    execute format('select count(*) from %s p left join usage_event_keys k using (account_id, event_id)
      where k.occurred_at is distinct from p.occurred_at', part) into strange;
  end if;
  if strange > 0 then
    raise exception '% events of % are not those that were detached', strange, part;
  end if;
  execute format('alter table %I attach partition %s ${bounds}', parent, part, ${starts});
  delete from detached_months d where d.table_name = parent and d.month = first_day;
end $$;

${[clicks, commissions, usageEvents].map(fill).join('')}
${entryLicenses.replace('create view', 'create or replace view')}
${finish(clicks, ['(account_id, partner_id, occurred_at)', 'using brin (occurred_at)'])}
${finish(commissions, [
  '(account_id, partner_id, earned_at)',
  'using brin (earned_at)',
  '(account_id, license_id) where license_id is not null',
  '(account_id, campaign_id, earned_at) where campaign_id is not null',
  '(account_id) where is_foreign',
])}
${finish(usageEvents, ['(account_id, partner_id, occurred_at)', 'using brin (occurred_at)'])}
${keys('commission_keys', commissions, 'commission_id')}
${keys('usage_event_keys', usageEvents, 'event_id')}
analyze clicks, commissions, usage_events;
`
