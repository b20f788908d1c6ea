/**
 * What an entry goes by of the licence it names (docs/definitions.md, Balance): whether that is blocked and how it is billed. The licence
 * may be another partner's, as a referral's is; a partner's own wall hides it, so that its balance would call blocked
 * money available. Behind the walls one sees this much of a licence, and nothing else, where an entry of one's own
 * names it; the entries are looked up once a query. Nobody else needs it: without an account it is empty.
 */
const account = `(select nullif(current_setting('app.account_id', true), '')::int)`
const self = `(select coalesce(current_setting('app.partner_id', true), ''))`

export const entryLicenses = `
create view entry_licenses as
select l.account_id, l.license_id, l.blocked, l.billing_cycle from licenses l
where l.account_id = ${account} and (${self} = '' or l.license_id in (select c.license_id from commissions c
  where c.account_id = ${account} and c.partner_id = ${self} and c.license_id is not null));
grant select on entry_licenses to bursar_tenant;
`
