/** Logins to the admin page (docs/data-api.md, Keys and walls), and what its lists are ordered by. */
export const sessions = `
create table sessions (
  id uuid primary key default gen_random_uuid(),
  -- Null: the key of the environment; then the MAC tells whether it still is the same one.
  key_id bigint references api_keys,
  environment_mac text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check ((key_id is null) = (environment_mac is not null))
);
create index on sessions (expires_at);

create index on deliveries (created_at, id);
create index deliveries_troubled on deliveries (created_at, id) where status in ('failed', 'suppressed', 'unknown');
create index on suppressions (created_at, address);
`
