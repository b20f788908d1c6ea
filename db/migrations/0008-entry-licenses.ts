/**
 * What an entry goes by of the licence it names (SPEC 5, 8): whether that is blocked and how it is billed. The licence
 * may be another partner's, as a referral's is; a partner's own wall hides it, so that its balance would call blocked
 * money available. It sees this much of a licence, and nothing else, where an entry of its own names it.
 */
const account = `account_id = (select nullif(current_setting('app.account_id', true), '')::int)`
const self = `(select coalesce(current_setting('app.partner_id', true), ''))`

export const entryLicenses = `
create view entry_licenses as
select l.account_id, l.license_id, l.blocked, l.billing_cycle from licenses l
where case when (select current_user) <> 'bursar_tenant' then true
  else l.${account} and (${self} = '' or exists (select from commissions c
    where c.account_id = l.account_id and c.license_id = l.license_id and c.partner_id = ${self})) end;
grant select on entry_licenses to bursar_tenant;
`
