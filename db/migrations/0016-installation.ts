/**
 * What all processes of an installation have agreed on, one row; what each that is at work goes by; and how often in a row
 * the computation of a run was cut off by the database.
 */
export const installation = `
create table installation (
  only_one boolean primary key default true check (only_one),
  settings jsonb not null,
  agreed_at timestamptz not null
);

alter table workers add column settings jsonb;
alter table workers add column command text;

alter table runs add column cut_off int not null default 0;
`
