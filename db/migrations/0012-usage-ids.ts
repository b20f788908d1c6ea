/**
 * Ids of usage events belong to their organisation: two that number their events themselves share ids, and the second one's
 * events were taken for conflicts with the first one's, uncounted and told to the other's partner. What lies among the
 * conflicts as such becomes events. Keys of a detached month whose table is elsewhere come back with it.
 */
export const usageIds = `
lock table usage_events, usage_event_keys, usage_event_conflicts in access exclusive mode;
alter table usage_events drop constraint usage_events_pkey;
alter table usage_events add primary key (account_id, organization_id, event_id, occurred_at);

truncate usage_event_keys;
alter table usage_event_keys drop constraint usage_event_keys_pkey, add column organization_id text not null;
insert into usage_event_keys (account_id, organization_id, event_id, occurred_at)
  select account_id, organization_id, event_id, occurred_at from usage_events;
do $$ declare part text; begin
  for part in select to_regclass('usage_events' || to_char(month, '_YYYY_MM'))::text from detached_months where table_name = 'usage_events' loop
    if part is not null then
      execute format('insert into usage_event_keys (account_id, organization_id, event_id, occurred_at)
        select account_id, organization_id, event_id, occurred_at from %s', part);
    end if;
  end loop;
end $$;
alter table usage_event_keys add primary key (account_id, organization_id, event_id);

create temporary table strays on commit drop as
  select distinct on (c.account_id, c.organization_id, c.event_id) c.* from usage_event_conflicts c
  where exists (select from usage_event_keys k where k.account_id = c.account_id and k.event_id = c.event_id)
    and not exists (select from usage_event_keys k
      where k.account_id = c.account_id and k.organization_id = c.organization_id and k.event_id = c.event_id)
    and not exists (select from detached_months d
      where d.table_name = 'usage_events' and d.month = date_trunc('month', c.occurred_at at time zone 'UTC')::date)
  order by c.account_id, c.organization_id, c.event_id, c.received_at, c.payload_hash;
select make_months('usage_events', array(select distinct date_trunc('month', occurred_at at time zone 'UTC')::date from strays));
insert into usage_events (account_id, event_id, organization_id, partner_id, kind, quantity, occurred_at, received_at)
  select account_id, event_id, organization_id, partner_id, kind, quantity, occurred_at, received_at from strays;
insert into usage_event_keys (account_id, organization_id, event_id, occurred_at)
  select account_id, organization_id, event_id, occurred_at from strays;
delete from usage_event_conflicts c using strays s
  where c.account_id = s.account_id and c.event_id = s.event_id and c.payload_hash = s.payload_hash;
drop table strays;

create or replace function attach_month(parent text, month text) returns void language plpgsql set lock_timeout = '5s' as $$
declare
  first_day date := to_date(month, 'YYYY-MM');
  part text := quote_ident(parent || to_char(first_day, '_YYYY_MM'));
  old_key text;
  strange bigint := 0;
begin
  -- who has got an owner's campaign or organisation meanwhile has its facts too
  if parent = 'clicks' then
    execute format('update %s p set partner_id = o.partner_id from campaigns o where o.account_id = p.account_id
      and o.campaign_id = p.campaign_id and o.partner_id <> p.partner_id', part);
  else
    -- one that was detached before ids were an organisation's has a key without it
    select c.conname into old_key from pg_constraint c where c.conrelid = part::regclass and c.contype = 'p' and cardinality(c.conkey) < 4;
    if old_key is not null then execute format('alter table %s drop constraint %I', part, old_key); end if;
    execute format('update %s p set partner_id = o.partner_id from organizations o where o.account_id = p.account_id
      and o.organization_id = p.organization_id and o.partner_id <> p.partner_id', part);
    execute format('insert into usage_event_keys (account_id, organization_id, event_id, occurred_at)
      select account_id, organization_id, event_id, occurred_at from %s on conflict do nothing', part);
    execute format('select count(*) from %s p left join usage_event_keys k using (account_id, organization_id, event_id)
      where k.occurred_at is distinct from p.occurred_at', part) into strange;
  end if;
  if strange > 0 then
    raise exception '% events of % are not those that were detached', strange, part;
  end if;
  execute format('alter table %I attach partition %s for values from (%L) to (%L)', parent, part,
    to_char(first_day, 'YYYY-MM-DD 00:00+00'), to_char(first_day + interval '1 month', 'YYYY-MM-DD 00:00+00'));
  delete from detached_months d where d.table_name = parent and d.month = first_day;
end $$;
analyze usage_events, usage_event_keys;
`
