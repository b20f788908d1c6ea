import type { Account } from '../../db/access/accounts.ts'
import { findAccount } from '../../db/access/accounts.ts'
import { type Database, inSnapshot } from '../../db/connection/client.ts'
import { parsePeriod } from '../../jobs/calendar/period.ts'
import type { Outcome, ReportDefinition, Skip, Statement } from '../../jobs/report.ts'
import {
  insertAccount,
  insertBillingDetails,
  insertCampaign,
  insertClicks,
  insertCommission,
  insertLead,
  insertLicense,
  insertPartner,
  insertWithdrawal,
} from '../support/factories.ts'

/** A partner whose March 2025 in Warsaw can be reckoned by hand, beside another one who must never show in it. */
export async function insertProgram(db: Database): Promise<Account> {
  await insertAccount(db, { timezone: 'Europe/Warsaw', currency: 'USD', withdrawal_minimum: 5000 })
  for (const partner_id of ['ada', 'bob']) await insertPartnerFacts(db, partner_id, partner_id === 'ada' ? 100 : 200)
  await insertPartner(db, { partner_id: 'new', referred_by: 'ada', created_at: '2025-03-08T10:00:00Z' })
  return (await findAccount(db, 1)) as Account
}

async function insertPartnerFacts(db: Database, partner_id: string, id: number) {
  await insertPartner(db, { partner_id, name: `Partner ${partner_id}` })
  await insertBillingDetails(db, { partner_id, paypal: `${partner_id}@paypal.test` })
  const campaigns = { video: id + 1, blog: id + 2, idle: id + 3 }
  for (const [name, campaign_id] of Object.entries(campaigns)) {
    await insertCampaign(db, { partner_id, campaign_id, name, product: name === 'blog' ? 'chat' : 'desk' })
  }
  const click = (campaign_id: number, occurred_at: string, clicks: number) =>
    insertClicks(db, { partner_id, campaign_id, occurred_at, clicks })
  await click(campaigns.video, '2025-03-05T10:00:00Z', 7)
  await click(campaigns.video, '2025-02-28T23:00:00Z', 2) // the first instant of March in Warsaw
  await click(campaigns.video, '2025-03-31T22:00:00Z', 99) // April there
  await click(campaigns.blog, '2025-03-06T10:00:00Z', 3)

  const license = (suffix: string, more: object) =>
    insertLicense(db, { partner_id, license_id: `${partner_id}-${suffix}`, ...more })
  const affiliate = { program: 'affiliate', campaign_id: campaigns.video }
  const solution = { program: 'solution', payment_origin: 'partner', purchase_order: 'PO 1', discount_percent: 10 }
  await license('a1', { ...affiliate, created_at: '2025-03-03T10:00:00Z' })
  await license('a2', { ...affiliate, created_at: '2025-02-03T10:00:00Z', converted_at: '2025-03-06T10:00:00Z' })
  await license('a3', { ...affiliate, created_at: '2025-01-03T10:00:00Z', expires_at: '2025-03-10T10:00:00Z' })
  await license('s1', { ...solution, created_at: '2025-03-12T10:00:00Z', converted_at: '2025-03-14T10:00:00Z' })
  await license('s2', { ...solution, created_at: '2025-01-12T10:00:00Z', expires_at: '2025-03-12T10:00:00Z' })
  await license('s3', { ...solution, created_at: '2025-01-13T10:00:00Z', expires_at: '2025-03-30T21:30:00Z' })
  await license('held', { program: 'affiliate', created_at: '2024-01-01T10:00:00Z', blocked: true })

  const line = (suffix: string, amount: number, earned_at: string, more: object = {}) =>
    insertCommission(db, {
      partner_id,
      commission_id: `${partner_id}-${suffix}`,
      amount,
      earned_at,
      product: 'desk',
      ...more,
    })
  await line('c1', 10_000, '2025-03-07T12:00:00Z', { license_id: `${partner_id}-a2`, campaign_id: campaigns.video })
  await line('c2', 4_050, '2025-03-26T12:00:00Z', { product: 'chat', campaign_id: campaigns.blog })
  await line('c3', 6_025, '2025-03-12T12:00:00Z', { program: 'solution', license_id: `${partner_id}-s1` })
  await line('c4', -1_525, '2025-03-15T12:00:00Z', { kind: 'refund', campaign_id: campaigns.video })
  await line('c5', 500, '2025-03-18T12:00:00Z', { kind: 'adjustment', program: 'solution', product: 'chat' })
  await line('c6', 1_200, '2025-03-12T12:00:00Z', {
    kind: 'discount',
    program: 'solution',
    license_id: `${partner_id}-s1`,
  })
  await line('c7', 2_000, '2025-03-20T12:00:00Z', { kind: 'referral', product: 'partners', referred_partner_id: 'new' })
  await line('c8', 20_000, '2025-02-10T12:00:00Z')
  await line('c9', 3_000, '2025-03-21T12:00:00Z', { blocked: true })
  await line('c10', 1_000, '2025-03-28T12:00:00Z', { available_at: '2025-05-01T12:00:00Z' })
  await line('c11', 777, '2025-03-31T22:00:00Z') // April in Warsaw
  await line('c12', 100, '2024-04-01T12:00:00Z', { license_id: `${partner_id}-held` }) // blocked through its licence
  await line('c13', 40, '2024-03-01T12:00:00Z') // before the chart's twelve months

  const withdrawal = (amount: number, requested_at: string, status: string) =>
    insertWithdrawal(db, {
      partner_id,
      amount,
      requested_at,
      status,
      acted_at: status === 'pending' ? null : '2025-03-13T10:00:00Z',
    })
  await withdrawal(8_000, '2025-03-10T10:00:00Z', 'paid')
  await withdrawal(1_000, '2025-03-02T10:00:00Z', 'rejected')

  const lead = (direction: string, status: string, created_at: string) =>
    insertLead(db, { partner_id, direction, status, created_at })
  await lead('received', 'converted', '2025-03-02T10:00:00Z')
  await lead('received', 'pending', '2025-03-05T10:00:00Z')
  await lead('sent', 'rejected', '2025-03-09T10:00:00Z')
  await lead('received', 'converted', '2025-02-11T10:00:00Z')
}

export interface Asked {
  readonly key: string
  readonly asOf?: Date
  readonly partners?: readonly string[]
}

/** Every outcome of a report out of one snapshot. */
export function outcomes<F, R>(
  db: Database,
  account: Account,
  report: ReportDefinition<F, R>,
  { key, asOf, partners }: Asked,
) {
  const period = parsePeriod(key, account.timeZone)
  return inSnapshot(db, async (snapshot) => {
    const all: Outcome<F, R>[] = []
    const context = { db: snapshot, account, period, asOf: asOf ?? period.to, ...(partners && { partners }) }
    for await (const outcome of report.statements(context)) all.push(outcome)
    return all
  })
}

/** The one statement of a partner; fails where it was skipped. */
export function statementOf<F, R>(all: readonly Outcome<F, R>[], partnerId: string): Statement<F, R> {
  const found = all.find(({ subject }) => subject.kind === 'partner' && subject.partner_id === partnerId)
  if (!found || 'skip' in found) throw new Error(`no statement of ${partnerId}: ${found?.skip ?? 'not a subject'}`)
  return found
}

export const skipsOf = <F, R>(all: readonly Outcome<F, R>[]): Record<string, Skip['skip']> =>
  Object.fromEntries(
    all.flatMap((outcome) =>
      'skip' in outcome && outcome.subject.kind === 'partner' ? [[outcome.subject.partner_id, outcome.skip]] : [],
    ),
  )
