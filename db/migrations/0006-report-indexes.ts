/**
 * What the leaderboard and the pipeline ask of deals: those closed in a stretch of time, whatever their funnel, and
 * whether any amount is in another currency, which is asked before every sum and is mostly nothing.
 */
export const reportIndexes = `
create index on deals (account_id, closed_at) where status <> 'open';
create index on deals (account_id) where is_foreign;
create index on usage_invoices (account_id) where is_foreign;
`
