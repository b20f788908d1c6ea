/** When a schedule counts from, what housekeeping took away, and the provisional runs that wait for their restatement. */
export const schedules = `
-- Slots before it are not this schedule's: what passed while it was switched off is not caught up. Null: never was off.
alter table schedules add column enabled_at timestamptz;

-- The row stays on the ledger when retention takes the bytes away.
alter table files add column removed_at timestamptz;
alter table deliveries add column mail_removed_at timestamptz;

create index runs_provisional on runs (account_id, report, period) where provisional;
create index runs_waiting on runs (wait_until) where status = 'waiting';
create index deliveries_mail on deliveries (mail_sha256) where mail_sha256 is not null;
`
