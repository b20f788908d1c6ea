/** Which delivery made good what another could not, and which ones went to somebody else than their subject. */
export const repair = `
-- A copy for somebody else, at somebody's wish: it neither repairs nor carries the partner's unsubscribe link.
alter table deliveries add column copy boolean not null default false;
-- The delivery that took this one's place: to the address of today, or sent again after this one had failed.
alter table deliveries add column replaced_by uuid;
`
