import type { Client } from '../../db/connection/client.ts'

/** How large the partner program of a measurement is. */
export interface Size {
  readonly partners: number
  readonly commissions: number
  readonly clicks: number
  readonly licenses: number
  readonly leads: number
  readonly withdrawals: number
}

/** 5 million facts of 10,000 partners; the share of each table is that of a program two years old. */
export const FIVE_MILLION: Size = {
  partners: 10_000,
  commissions: 3_000_000,
  clicks: 800_000,
  licenses: 1_000_000,
  leads: 150_000,
  withdrawals: 50_000,
}

export const scaled = (size: Size, by: number): Size =>
  Object.fromEntries(Object.entries(size).map(([name, count]) => [name, Math.round(count * by)])) as unknown as Size

/** About thirty lines a partner in the last month: two pages. */
export const twoPages = (partners: number): Size => ({
  partners,
  commissions: partners * 60,
  clicks: partners * 10,
  licenses: partners * 10,
  leads: partners * 2,
  withdrawals: partners,
})

/** The month that all measurements are of; the facts end with it. */
export const PERIOD = '2026-10'

/** Makes the facts in the database itself, in time order as they would have come in, and has them analysed. */
export async function loadFacts(client: Client, size: Size, months = 24): Promise<void> {
  const { pool } = client
  await pool.query(
    `update accounts set currency = 'USD', timezone = 'UTC', name = 'Acme Software' where account_id = 1`,
  )
  await pool.query(members(size))
  const indexes = await dropIndexes(client)
  for (const table of ['clicks', 'commissions'])
    await pool.query(
      `select make_months($1::regclass, array(select m::date from generate_series(date '2026-11-01' - interval '${months} months', '2026-10-01', '1 month') m))`,
      [table],
    )
  const from = `timestamptz '2026-11-01 00:00+00' - interval '${months} months'`
  const at = (count: number) => `${from} + (timestamptz '2026-11-01 00:00+00' - (${from})) * (i::float8 / ${count + 1})`
  const [first, ...rest] = tables(size, at)
  await Promise.all([pool.query(first as string), inTurn(client, rest)])
  const half = indexes.filter((_, i) => i % 2 === 0)
  await Promise.all([
    inTurn(client, half),
    inTurn(
      client,
      indexes.filter((_, i) => i % 2 === 1),
    ),
  ])
  await pool.query('insert into commission_keys select account_id, commission_id, earned_at from commissions')
  await pool.query('analyze')
}

const members = ({ partners }: Size) => `
  insert into partners (account_id, partner_id, name, email, type, programs, uuid, referred_by, created_at)
  select 1, 'p-' || lpad(i::text, 6, '0'), 'Partner ' || i || ' Łódź', 'partner' || i || '@example.com', 'reseller',
    '{affiliate,solution}', gen_random_uuid(), case when i % 5 = 0 then 'p-' || lpad((i / 5)::text, 6, '0') end,
    timestamptz '2024-01-01' + i * interval '1 minute' from generate_series(1, ${partners}) i;
  insert into campaigns (account_id, campaign_id, partner_id, product, name, created_at)
  select 1, i, 'p-' || lpad(((i - 1) / 2 + 1)::text, 6, '0'), case when i % 2 = 0 then 'livechat' else 'chatbot' end,
    'Campaign ' || i, timestamptz '2024-01-01' from generate_series(1, ${partners * 2}) i;`

/** Partners take turns in an order that has nothing to do with time; every fact belongs to its partner's campaigns. */
function tables(size: Size, at: (count: number) => string): string[] {
  const partner = `'p-' || lpad((i::bigint * 7919 % ${size.partners} + 1)::text, 6, '0')`
  const campaign = `(i::bigint * 7919 % ${size.partners}) * 2 + 1 + i % 2`
  const product = `case when i % 2 = 0 then 'livechat' else 'chatbot' end`
  const series = (count: number) => `from generate_series(1, ${count}) i`
  return [
    `insert into commissions (account_id, commission_id, partner_id, kind, program, product, license_id, campaign_id,
       referred_partner_id, amount, currency, is_foreign, earned_at, available_at, blocked)
     select 1, 'c-' || i, ${partner}, case when i % 50 = 9 then 'refund' when i % 20 = 7 then 'discount' when i % 25 = 3 then 'referral' else 'commission' end,
       case when i % 3 = 0 or i % 20 = 7 then 'solution' else 'affiliate' end, ${product}, 'l-' || (i % ${size.licenses} + 1),
       case when i % 3 <> 0 then ${campaign} end, null,
       case when i % 50 = 9 then -1 else 1 end * (500 + i % 9973), 'USD', false, ${at(size.commissions)},
       ${at(size.commissions)} + interval '30 days', i % 500 = 1 ${series(size.commissions)}`,
    `insert into licenses (account_id, license_id, partner_id, program, product, campaign_id, client_name, client_email,
       payment_origin, plan, billing_cycle, seats, created_at, cc_added_at, converted_at, expires_at, commission_percent)
     select 1, 'l-' || i, ${partner}, case when i % 3 = 0 then 'solution' else 'affiliate' end, ${product}, ${campaign},
       case when i % 97 = 0 then '=Client, "' || i || '"' else 'Client ' || i end, 'client' || i || '@example.org',
       case when i % 4 = 0 then 'partner' else 'client' end, 'team', 'monthly', i % 20 + 1, ${at(size.licenses)}, null,
       case when i % 5 < 2 then ${at(size.licenses)} + interval '14 days' end,
       case when i % 5 = 4 then ${at(size.licenses)} + interval '14 days' end, 20 ${series(size.licenses)}`,
    `insert into clicks (account_id, campaign_id, occurred_at, partner_id, clicks)
     select 1, ${campaign}, ${at(size.clicks)}, ${partner}, 1 + i % 4 ${series(size.clicks)}`,
    `insert into leads (account_id, lead_id, partner_id, direction, status, company_name, created_at)
     select 1, 'd-' || i, ${partner}, case when i % 2 = 0 then 'sent' else 'received' end,
       (array['pending', 'converted', 'rejected'])[i % 3 + 1], 'Company ' || i, ${at(size.leads)} ${series(size.leads)}`,
    `insert into withdrawals (account_id, withdrawal_id, partner_id, amount, currency, is_foreign, status, requested_at, acted_at)
     select 1, i, ${partner}, 1000 + i % 5000, 'USD', false, case when i % 10 = 0 then 'rejected' else 'paid' end,
       ${at(size.withdrawals)}, ${at(size.withdrawals)} + interval '3 days' ${series(size.withdrawals)}`,
  ]
}

/** Millions of rows are in sooner when the indexes are built over them at the end; gives the statements that do. */
async function dropIndexes({ pool }: Client): Promise<string[]> {
  const { rows } = await pool.query<{ drop: string; make: string }>(`
    select case when c.oid is null then 'drop index ' || i.indexrelid::regclass
        else format('alter table %s drop constraint %I', i.indrelid::regclass, c.conname) end as drop,
      case when c.oid is null then replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
        else format('alter table %s add constraint %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) end as make
    from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
    where i.indrelid::regclass::text in ('commissions', 'licenses', 'clicks', 'leads', 'withdrawals')`)
  for (const { drop } of rows) await pool.query(drop)
  return rows.map(({ make }) => make)
}

async function inTurn({ pool }: Client, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await pool.query(statement)
}
