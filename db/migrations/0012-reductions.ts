/**
 * A refund takes back what is on hold at once: every balance asks which entries are below zero, and what is held of their
 * licences. The first are few, and their index has all that is asked of them; the second are recent, which a few KB a month tell.
 */
export const reductions = `
create index on commissions (account_id, partner_id) include (license_id, kind, earned_at, blocked) where amount < 0;
create index on commissions using brin (available_at);
`
