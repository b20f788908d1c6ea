import type { Notation } from '../pdf/notation.ts'
import type { Flow } from '../pdf/page/flow.ts'
import { heading } from '../pdf/parts/heading.ts'
import { type Item, lists } from '../pdf/parts/lists.ts'
import { table } from '../pdf/parts/table.ts'
import type { MonthlySummary } from './view.ts'

const SIDE_BY_SIDE = 14

/** Commission by program and by product, each beside the total; many products are a table that may break. */
export async function commissionShares(flow: Flow, { figures }: MonthlySummary, { money }: Notation): Promise<void> {
  const { by_program, by_product, total } = figures.commission
  const itemsOf = (shares: Readonly<Record<string, string>>): Item[] =>
    Object.entries(shares).map(([label, amount]) => ({ label, value: money(amount) }))
  const sum = { label: 'Total', value: money(total), strong: true }
  const [programs, products] = [itemsOf(by_program), itemsOf(by_product)]
  const program = { title: 'Commission by program', items: [...programs, sum] }
  if (products.length <= SIDE_BY_SIDE) {
    return lists(flow, [program, { title: 'Commission by product', items: [...products, sum] }])
  }
  lists(flow, [program])
  heading(flow, 'Commission by product')
  const columns = [
    { title: 'Product', text: (item: Item) => item.label },
    { title: 'Commission', text: (item: Item) => item.value, number: true },
  ]
  await table(flow, { columns, rows: products, total: ['Total', money(total)] })
}

/** What happened beside commission: affiliate program, licences, referrals, leads. */
export function activity(flow: Flow, { figures }: MonthlySummary, { money, count, percent }: Notation): void {
  const { affiliate, licenses, leads, referred_partners: referred } = figures
  lists(flow, [
    {
      title: 'Affiliate program',
      items: [
        { label: 'Clicks', value: count(affiliate.clicks) },
        { label: 'Trials', value: count(affiliate.trials) },
        { label: 'Conversions', value: count(affiliate.conversions) },
        { label: 'Conversion rate', value: percent(affiliate.conversion_rate) },
        { label: 'Earnings', value: money(affiliate.earnings), strong: true },
      ],
    },
    {
      title: 'Licences and referrals',
      items: [
        { label: 'New licences', value: count(licenses.created) },
        { label: 'Converted', value: count(licenses.converted) },
        { label: 'Expired', value: count(licenses.expired) },
        { label: 'Discount', value: money(licenses.discount) },
        { label: 'Referred partners', value: count(referred.count) },
        { label: 'Their commission', value: money(referred.commission), strong: true },
      ],
    },
    {
      title: 'Leads',
      items: [
        { label: 'Received', value: count(leads.received) },
        { label: 'Sent', value: count(leads.sent) },
        { label: 'Converted', value: count(leads.converted) },
        { label: 'Rejected', value: count(leads.rejected) },
        { label: 'Pending', value: count(leads.pending) },
        { label: 'Total', value: count(leads.total), strong: true },
      ],
    },
  ])
}

/** The best campaigns, if there are any. */
export async function bestCampaigns(
  flow: Flow,
  { figures }: MonthlySummary,
  { money, count }: Notation,
): Promise<void> {
  if (figures.best_campaigns.length === 0) return
  heading(flow, 'Best campaigns', 16 * figures.best_campaigns.length + 20)
  await table(flow, {
    columns: [
      { title: 'Campaign', text: (campaign) => campaign.name },
      { title: 'Product', text: (campaign) => campaign.product },
      { title: 'Clicks', text: (campaign) => count(campaign.clicks), number: true },
      { title: 'Trials', text: (campaign) => count(campaign.trials), number: true },
      { title: 'Conversions', text: (campaign) => count(campaign.conversions), number: true },
      { title: 'Earnings', text: (campaign) => money(campaign.earnings), number: true },
    ],
    rows: figures.best_campaigns,
  })
}
