import type { Account } from '../../../db/access/accounts.ts'
import { findAccount } from '../../../db/access/accounts.ts'
import type { Database } from '../../../db/connection/client.ts'
import {
  insertAccount,
  insertAgent,
  insertDeal,
  insertFunnel,
  insertFxRate,
  insertLead,
  insertPartner,
  insertStage,
} from '../../support/factories.ts'

/** The account of a test, in Warsaw: March 2025 there ends at 22:00 UTC. */
export async function warsaw(db: Database, accountId = 1): Promise<Account> {
  await insertAccount(db, { account_id: accountId, timezone: 'Europe/Warsaw', name: `Program ${accountId}` })
  return (await findAccount(db, accountId)) as Account
}

export const MARCH = { from: new Date('2025-02-28T23:00:00Z'), to: new Date('2025-03-31T22:00:00Z') }

/** One funnel of four stages, two agents and the deals of two partners, small enough to be reckoned by hand. */
export async function insertSales(db: Database): Promise<void> {
  await insertPartner(db, { partner_id: 'alpha', name: 'Alpha', category: 'agency', tier: 'gold', stage: 'active' })
  await insertPartner(db, { partner_id: 'bravo', name: 'Bravo', type: 'reseller', tier: 'silver' })
  await insertPartner(db, { partner_id: 'quiet', name: 'Quiet', category: 'agency' })
  await insertAgent(db, { agent_id: 1, name: 'Ann', email: 'ann@owner.test' })
  await insertAgent(db, { agent_id: 2, name: 'Bob' })
  await insertFunnel(db, { funnel_id: 10, name: 'Sales' })
  for (const [index, name] of ['New', 'Demo', 'Won', 'Lost'].entries())
    await insertStage(db, { funnel_id: 10, stage_id: index + 1, name, position: index })
  await insertFxRate(db, { currency: 'EUR', date: '2025-02-03', rate: '1.05' })
  await insertFxRate(db, { currency: 'EUR', date: '2025-03-12', rate: '1.10' })
  for (const partner of ['alpha', 'bravo']) await insertDealsOf(db, partner, partner === 'alpha' ? 500_00 : 600_00)
}

async function insertDealsOf(db: Database, partner_id: string, value: number): Promise<void> {
  const base = { funnel_id: 10, partner_id }
  const day = (date: string) => `${date}T10:00:00Z`
  await insertDeal(db, {
    ...base,
    stage_id: 3,
    agent_id: 1,
    value,
    status: 'won',
    created_at: day('2025-03-10'),
    closed_at: day('2025-03-14'),
  })
  await insertDeal(db, {
    ...base,
    stage_id: 4,
    agent_id: 2,
    value: 300_00,
    status: 'lost',
    created_at: day('2025-03-11'),
    closed_at: day('2025-03-13'),
  })
  await insertDeal(db, { ...base, stage_id: 2, agent_id: 1, value: 250_00, created_at: day('2025-03-12') })
  await insertDeal(db, {
    ...base,
    stage_id: 3,
    agent_id: 2,
    value: 100_00,
    currency: 'EUR',
    is_foreign: true,
    status: 'won',
    created_at: day('2025-02-03'),
    closed_at: day('2025-03-12'),
  })
  await insertDeal(db, { ...base, stage_id: 1, agent_id: 2, value: 70_00, created_at: day('2025-03-16') })
}

/** Five leads of a partner, four of them in March 2025. */
export async function insertLeadsOf(db: Database, partner_id: string): Promise<void> {
  const lead = (direction: string, status: string, date: string) =>
    insertLead(db, { partner_id, direction, status, created_at: `${date}T10:00:00Z` })
  await lead('received', 'converted', '2025-03-02')
  await lead('received', 'pending', '2025-03-05')
  await lead('sent', 'rejected', '2025-03-09')
  await lead('sent', 'pending', '2025-03-11')
  await lead('received', 'converted', '2025-02-11')
}
