/**
 * What facts were before somebody changed or took them back.
 *
 * `key` is the row's key without its account, as `{"commission_id": "c-1"}`; rows are as the tables have them: money in minor
 * units, instants of UTC.
 */
export const factsKept = `
-- Rows taken back. One without restored_at is void: an import passes its key over.
create table voided_facts (
  account_id int not null,
  id uuid not null default gen_random_uuid(),
  table_name text not null,
  key jsonb not null,
  row jsonb not null,
  -- What went with it: the conflicts of a usage event.
  beside jsonb,
  voided_at timestamptz not null,
  voided_by text not null,
  restored_at timestamptz,
  restored_by text,
  primary key (account_id, id)
);
create unique index on voided_facts (account_id, table_name, key) where restored_at is null;
alter table voided_facts enable row level security;

-- Money facts that were stored and then changed, voided or restored; not those that came in. Null: there was, or is, no row.
create table fact_changes (
  account_id int not null,
  id uuid not null default gen_random_uuid(),
  table_name text not null,
  key jsonb not null,
  -- Whose the row is; partner_before: whose it was, where it went to another.
  partner_id text not null,
  partner_before text,
  changed_at timestamptz not null,
  before jsonb,
  after jsonb,
  source text not null,
  primary key (account_id, id)
);
create index on fact_changes (account_id, partner_id, changed_at);
create index on fact_changes (account_id, partner_before, changed_at) where partner_before is not null;
create index on fact_changes (account_id, table_name, key);
alter table fact_changes enable row level security;
`
