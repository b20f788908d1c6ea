import { z } from 'zod'
import { findBilling } from '../../../db/queries/data/partner.ts'
import { EVER } from '../../../db/queries/data/scope.ts'
import { listOrganizations, usageTotals } from '../../../db/queries/usage.ts'
import { localDate, placeOf } from '../../../jobs/calendar/period.ts'
import { invalid } from '../shared/problem.ts'
import { choice, date, inOrder, text } from '../shared/schemas.ts'
import { addDays, daysOf } from './calendar.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from './endpoint.ts'
import { count, number, string } from './shapes.ts'

const dates = inOrder(z.object({ startDate: date().optional(), endDate: date().optional() }), 'startDate', 'endDate')

/** What a partner's organisations use. Dates are the account's, both ends included. */
export const usage: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'partner-usage-analytics',
    path: '/partner/analytics',
    summary: 'Totals over all sub-organizations for a date range.',
    query: dates,
    answer: z.object({
      partnerId: string(),
      startDate: string(),
      endDate: string(),
      totalOrganizations: count(),
      activeOrganizations: count(),
      totalIdentifications: number(),
      creditsRemaining: number(),
      creditsUsed: number(),
    }),
    handle: async ({ scope, query }) => {
      const range = rangeOf(scope, query, (today) => addDays(today, -30))
      const totals = await totalsOf(scope, range)
      return {
        partnerId: scope.partnerId,
        ...range,
        totalOrganizations: totals.organizations,
        activeOrganizations: totals.activeOrganizations,
        totalIdentifications: Number(totals.identifications),
        creditsRemaining: Number(totals.creditsRemaining),
        creditsUsed: Number(totals.creditsUsed),
      }
    },
  }),
  partnerEndpoint({
    id: 'partner-usage-usage',
    path: '/partner/usage',
    summary: 'Usage quantity and event count for a date range.',
    query: dates,
    answer: z.object({ totalQuantity: number(), totalEvents: count() }),
    handle: async ({ scope, query }) => {
      const { quantity, events } = await totalsOf(scope, rangeOf(scope, query, firstOfMonth))
      return { totalQuantity: Number(quantity), totalEvents: events }
    },
  }),
  partnerEndpoint({
    id: 'partner-usage-billing',
    path: '/partner/billing',
    summary: 'How billing is set up, and the credit pool.',
    answer: z.object({
      partnerId: string(),
      currency: string(),
      company: string(),
      type: string(),
      country: string(),
      creditsUsed: number(),
      creditsRemaining: number(),
    }),
    handle: async ({ scope }) => {
      const { db, account, partnerId } = scope
      const billing = await findBilling(scope)
      const { creditsUsed, creditsRemaining } = await usageTotals(db, account, EVER, { partners: [partnerId] })
      return {
        partnerId,
        currency: account.currency,
        company: billing?.company ?? '',
        type: billing?.type ?? '',
        country: billing?.country ?? '',
        creditsUsed: Number(creditsUsed),
        creditsRemaining: Number(creditsRemaining),
      }
    },
  }),
  partnerEndpoint({
    id: 'partner-usage-billing-usage',
    path: '/partner/billing/usage',
    summary: 'Usage in the billing period under way: this month until today.',
    answer: z.object({
      partnerId: string(),
      startDate: string(),
      endDate: string(),
      totalQuantity: number(),
      totalEvents: count(),
      creditsUsed: number(),
      creditsRemaining: number(),
    }),
    handle: async ({ scope }) => {
      const range = rangeOf(scope, {}, firstOfMonth)
      const { quantity, events, creditsUsed, creditsRemaining } = await totalsOf(scope, range)
      return {
        partnerId: scope.partnerId,
        ...range,
        totalQuantity: Number(quantity),
        totalEvents: events,
        creditsUsed: Number(creditsUsed),
        creditsRemaining: Number(creditsRemaining),
      }
    },
  }),
  partnerEndpoint({
    id: 'partner-usage-organizations',
    path: '/partner/organizations',
    summary: 'List of sub-organizations, filterable.',
    query: z.object({
      status: choice(['active', 'suspended', 'closed']).optional(),
      search: text('part of a name, an id or an external id').optional(),
      externalId: text('an external id').optional(),
    }),
    answer: z.object({
      organizations: z.array(
        z.object({
          organizationId: string(),
          name: string(),
          externalId: string(),
          status: string(),
          createdAt: string(),
        }),
      ),
    }),
    handle: async ({ scope: { db, account, partnerId }, query: { status, search, externalId } }) => {
      const found = await listOrganizations(db, account, {
        partners: [partnerId],
        ...(status && { status }),
        ...(search && { search }),
        ...(externalId && { externalId }),
      })
      return {
        organizations: found.map((one) => ({
          organizationId: one.organizationId,
          name: one.name,
          externalId: one.externalId ?? '',
          status: one.status,
          createdAt: one.createdAt.toISOString(),
        })),
      }
    },
  }),
]

interface DateRange {
  readonly startDate: string
  readonly endDate: string
}

const firstOfMonth = (today: string): string => `${today.slice(0, 8)}01`

/** What was asked, with the documented defaults; an end asked for may lie before the default start. */
function rangeOf(
  { account, now }: OnePartner,
  asked: { startDate?: string | undefined; endDate?: string | undefined },
  defaultStart: (today: string) => string,
): DateRange {
  const today = localDate(now, placeOf(account))
  const [startDate, endDate] = [asked.startDate ?? defaultStart(today), asked.endDate ?? today]
  if (startDate > endDate)
    throw invalid('query', 'startDate', `expected to be before endDate ${endDate}, not ${startDate}`)
  return { startDate, endDate }
}

const totalsOf = ({ db, account, partnerId }: OnePartner, { startDate, endDate }: DateRange) =>
  usageTotals(db, account, daysOf(startDate, endDate, placeOf(account)), { partners: [partnerId] })
