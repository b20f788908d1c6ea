/** The ledger (docs/definitions.md, Guarantees): runs, statements, files by hash, deliveries. The unique keys below are the guarantees. */
export const ledger = `
create table runs (
  account_id int not null references accounts,
  id uuid not null default gen_random_uuid(),
  report text not null,
  period text not null,
  revision int not null check (revision > 0),
  time_zone text not null,
  period_from timestamptz not null,
  period_to timestamptz not null,
  as_of timestamptz not null,
  partners text[],
  mail boolean not null,
  trigger text not null check (trigger in ('schedule', 'http', 'cli', 'restatement')),
  requested_by text,
  due_at timestamptz,
  status text not null check (status in
    ('queued', 'waiting', 'computing', 'rendering', 'delivering', 'succeeded', 'partial', 'failed', 'cancelled')),
  provisional boolean not null default false,
  wait_until timestamptz,
  error text,
  timings jsonb not null default '{}',
  created_at timestamptz not null,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (account_id, id),
  unique (account_id, report, period, revision)
);
-- At most one open run per period: twenty simultaneous requests find or open the same one.
create unique index runs_open on runs (account_id, report, period)
  where status in ('queued', 'waiting', 'computing', 'rendering', 'delivering');
create index on runs (id);
create index on runs (created_at, id);

create table statements (
  account_id int not null,
  id uuid not null default gen_random_uuid(),
  run_id uuid not null,
  subject_kind text not null check (subject_kind in ('partner', 'account', 'funnel')),
  subject_id text not null,
  ordinal int not null,
  revision int not null,
  status text not null check (status in ('sealed', 'rendered', 'unchanged', 'skipped', 'failed', 'cancelled')),
  reason text,
  provisional boolean not null default false,
  sealed text,
  sha256 text,
  figures_sha256 text,
  replaces uuid,
  error text,
  created_at timestamptz not null,
  rendered_at timestamptz,
  primary key (account_id, id),
  unique (account_id, run_id, subject_kind, subject_id),
  check ((sealed is null) = (status in ('unchanged', 'skipped'))),
  foreign key (account_id, run_id) references runs
);
create index on statements (id);
create index on statements (account_id, run_id, ordinal);
create index on statements (account_id, subject_kind, subject_id) where sealed is not null;
create index on statements (account_id, run_id) where status = 'sealed';

create table files (
  account_id int not null,
  statement_id uuid not null,
  name text not null,
  type text not null,
  size bigint not null,
  rows bigint,
  sha256 text not null,
  primary key (account_id, statement_id, name),
  foreign key (account_id, statement_id) references statements
);
create index on files (sha256);

create table deliveries (
  account_id int not null,
  id uuid not null default gen_random_uuid(),
  run_id uuid not null,
  statement_id uuid not null,
  subject_kind text not null,
  subject_id text not null,
  address text not null,
  resend_of uuid,
  requested_by text,
  status text not null check (status in ('pending', 'sending', 'sent', 'unknown', 'failed', 'suppressed', 'cancelled')),
  attempts int not null default 0,
  next_attempt_at timestamptz,
  first_attempt_at timestamptz,
  claimed_by uuid,
  message_id text,
  mail_sha256 text,
  reply text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (account_id, id),
  foreign key (account_id, statement_id) references statements
);
create unique index deliveries_once on deliveries (account_id, run_id, subject_kind, subject_id, lower(address)) where resend_of is null;
create index on deliveries (id);
create index on deliveries (account_id, run_id, status);
create index on deliveries (account_id, statement_id);
create index deliveries_open on deliveries (next_attempt_at) where status in ('pending', 'sending', 'unknown');

create table delivery_attempts (
  account_id int not null,
  delivery_id uuid not null,
  attempt int not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  outcome text,
  reply text,
  primary key (account_id, delivery_id, attempt)
);

create table suppressions (
  address text primary key,
  reply text not null,
  delivery_id uuid,
  created_at timestamptz not null
);

-- A process that may hold claims. Liveness goes by the database's clock, the one clock all machines share.
create table workers (
  id uuid primary key,
  host text not null,
  pid int not null,
  seen_at timestamptz not null default clock_timestamp()
);

create table schedules (
  account_id int not null references accounts,
  report text not null,
  cron text not null,
  timezone text,
  enabled boolean not null default true,
  recipients text[] not null default '{}',
  catch_up text not null default 'latest' check (catch_up in ('latest', 'all', 'none')),
  max_age_days int not null default 35 check (max_age_days > 0),
  readiness jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (account_id, report)
);

create table api_keys (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('admin', 'account', 'partner')),
  account_id int references accounts,
  partner_id text,
  label text not null,
  token_hash bytea not null unique,
  last_four text not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  check ((kind = 'admin') = (account_id is null)),
  check ((kind = 'partner') = (partner_id is not null))
);
create index on api_keys (account_id, partner_id);

create table idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  status int,
  response jsonb,
  created_at timestamptz not null,
  primary key (scope, key)
);

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  actor text not null,
  action text not null,
  target text not null,
  account_id int,
  before jsonb,
  after jsonb
);
`
