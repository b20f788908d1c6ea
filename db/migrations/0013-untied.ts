/** Statements that do not tie with the sealed ones of a neighbouring period: its keys, earlier or later. */
export const untied = `
alter table statements add column untied text[];
create index statements_untied on statements (account_id, run_id) where untied is not null;
`
