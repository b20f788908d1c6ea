import fc from 'fast-check'
import { type Account, findAccount } from '../../db/access/accounts.ts'
import type { Database } from '../../db/connection/client.ts'
import { insertAccount, insertAgent, insertFunnel, insertPartner, insertStage } from '../support/factories.ts'
import { makeMonths } from '../support/months.ts'

/** Deals, leads and usage made up by fast-check, crowded around March 2025; money and quantities in hundredths. */
export interface GeneratedSales {
  readonly deals: readonly {
    readonly partner: string | null
    readonly agent: number | null
    readonly stage: number
    readonly value: number
    readonly status: 'open' | 'won' | 'lost'
    readonly created: Date
    readonly days: number
  }[]
  readonly leads: readonly {
    readonly partner: string
    readonly direction: string
    readonly status: string
    readonly created: Date
  }[]
  readonly usage: readonly {
    readonly organization: number
    readonly kind: 'event' | 'invoice' | 'credit'
    readonly quantity: number
    readonly at: Date
    readonly days: number
  }[]
}

export const PARTNERS = ['one', 'two', 'three']
export const STAGES = [1, 2, 3]
const AGENTS = [1, 2]
export const ORGANIZATIONS = [0, 1, 2, 3, 4]

const instant = fc.oneof(
  fc.date({ min: new Date('2025-02-01T00:00:00Z'), max: new Date('2025-05-01T00:00:00Z'), noInvalidDate: true }),
  fc.integer({ min: -3, max: 3 }).map((hours) => new Date(Date.UTC(2025, 2, 1) + hours * 3_600_000)),
  fc.integer({ min: -3, max: 3 }).map((hours) => new Date(Date.UTC(2025, 3, 1) + hours * 3_600_000)),
)
const partner = fc.constantFrom(...PARTNERS)

export const sales: fc.Arbitrary<GeneratedSales> = fc.record({
  deals: fc.array(
    fc.record({
      partner: fc.option(partner),
      agent: fc.option(fc.constantFrom(...AGENTS)),
      stage: fc.constantFrom(...STAGES),
      value: fc.nat(10_000_000),
      status: fc.constantFrom('open', 'won', 'lost'),
      created: instant,
      days: fc.nat(60),
    }),
    { maxLength: 40 },
  ),
  leads: fc.array(
    fc.record({
      partner,
      direction: fc.constantFrom('received', 'sent'),
      status: fc.constantFrom('pending', 'converted', 'rejected'),
      created: instant,
    }),
    { maxLength: 40 },
  ),
  usage: fc.array(
    fc.record({
      organization: fc.constantFrom(...ORGANIZATIONS),
      kind: fc.constantFrom('event', 'event', 'invoice', 'credit'),
      quantity: fc.integer({ min: 0, max: 500 }),
      at: instant,
      days: fc.nat(5),
    }),
    { maxLength: 40 },
  ),
})

let lastAccount = 0

/** Puts it into an account of its own, in Warsaw. */
export async function insertGeneratedSales(db: Database, { deals, leads, usage }: GeneratedSales): Promise<Account> {
  const account_id = ++lastAccount
  await insertAccount(db, { account_id, timezone: 'Europe/Warsaw' })
  for (const partner_id of PARTNERS) await insertPartner(db, { account_id, partner_id })
  await insertFunnel(db, { account_id, funnel_id: 1 })
  for (const stage_id of STAGES) await insertStage(db, { account_id, funnel_id: 1, stage_id })
  for (const agent_id of AGENTS) await insertAgent(db, { account_id, agent_id })
  await insertDeals(db, account_id, deals)
  if (leads.length > 0)
    await db
      .insertInto('leads')
      .values(
        leads.map(({ partner, created, ...lead }, index) => ({
          account_id,
          lead_id: `${index}`,
          partner_id: partner,
          company_name: 'Company',
          created_at: created,
          ...lead,
        })),
      )
      .execute()
  await insertUsage(db, account_id, usage)
  return (await findAccount(db, account_id)) as Account
}

async function insertDeals(db: Database, account_id: number, deals: GeneratedSales['deals']) {
  if (deals.length === 0) return
  const rows = deals.map(({ partner, agent, stage, value, status, created, days }, index) => ({
    account_id,
    deal_id: `${index}`,
    funnel_id: 1,
    stage_id: stage,
    agent_id: agent,
    partner_id: partner,
    value,
    currency: 'USD',
    is_foreign: false,
    status,
    created_at: created,
    closed_at: status === 'open' ? null : later(created, days),
  }))
  await db.insertInto('deals').values(rows).execute()
}

async function insertUsage(db: Database, account_id: number, usage: GeneratedSales['usage']) {
  const organizations = ORGANIZATIONS.map((n) => ({
    account_id,
    organization_id: `${n}`,
    partner_id: partnerOf(n),
    name: `Organization ${n}`,
    status: n % 3 === 2 ? 'closed' : 'active',
    created_at: '2024-01-01T00:00:00Z',
  }))
  await db.insertInto('organizations').values(organizations).execute()
  const instants = usage.map(({ at }) => at)
  await makeMonths(db, 'usage_events', instants)
  for (const [index, { organization, kind, quantity, at, days }] of usage.entries()) {
    const of = { account_id, organization_id: `${organization}`, partner_id: partnerOf(organization) }
    const amount = `${quantity / 100}`
    if (kind === 'event')
      await db
        .insertInto('usage_events')
        .values({
          ...of,
          event_id: `${index}`,
          kind: 'identification',
          quantity: amount,
          occurred_at: at,
          received_at: later(at, days),
        })
        .execute()
    else if (kind === 'credit')
      await db
        .insertInto('credit_entries')
        .values({ ...of, entry_id: `${index}`, amount: `-${amount}`, occurred_at: at })
        .execute()
    else
      await db
        .insertInto('usage_invoices')
        .values({
          ...of,
          invoice_id: `${index}`,
          period_start: '2025-01-01',
          period_end: at.toISOString().slice(0, 10),
          quantity: amount,
          amount: quantity,
          currency: 'USD',
          is_foreign: false,
          issued_at: later(at, days),
        })
        .execute()
  }
}

const partnerOf = (organization: number): string => PARTNERS[organization % 2] as string
const later = (instant: Date, days: number): Date => new Date(instant.getTime() + days * 86_400_000)
