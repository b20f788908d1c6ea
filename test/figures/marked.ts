import type { Fact, Facts } from './facts.ts'
import { PARTNERS } from './program/names.ts'

/** A word that stands in everything that is one partner's and nowhere else, short so that no table breaks it. */
export const markOf = (partner: string): string => `zq${'abcdefghij'[PARTNERS.indexOf(partner)]}wk`

/** Ids of the generator carry their partner: `p7-L3`, `p6-B`. */
const ownerOf = (id: string): string => id.split('-')[0] as string
const marked = (id: string | undefined, partner = ownerOf(id ?? '')): string => (id ? `${id}-${markOf(partner)}` : '')

/** What of a table is called by a partner's mark. Ids of usage events stay: organisations of several partners share them. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  partners: ['name', 'email'],
  billing_details: ['company', 'address', 'city', 'paypal'],
  coupons: ['label'],
  campaigns: ['name', 'slug', 'link'],
  licenses: ['client_name', 'client_email', 'purchase_order'],
  commissions: ['commission_id'],
  leads: ['lead_id', 'company_name'],
  deals: ['deal_id'],
  organizations: ['name', 'external_id'],
  credit_entries: ['entry_id', 'reason'],
  usage_invoices: ['invoice_id'],
}

/** The same program, with every partner's facts marked as its own. */
export function markFacts(facts: Facts): Facts {
  return Object.fromEntries(
    Object.entries(facts).map(([table, rows]) => [table, rows.map((row) => markFact(table, row))]),
  )
}

function markFact(table: string, fact: Fact): Fact {
  const partner = fact.partner_id || ownerOf(fact.organization_id ?? '')
  if (!PARTNERS.includes(partner)) return fact
  const own = (OWN[table] ?? []).map((column) => [column, markText(fact[column] ?? '', partner)])
  const ids = ['license_id', 'organization_id'].filter((column) => fact[column])
  const partners = ['partner_id', 'referred_by', 'referred_partner_id'].filter((column) => fact[column])
  return {
    ...fact,
    ...Object.fromEntries(own),
    ...Object.fromEntries(ids.map((column) => [column, marked(fact[column])])),
    ...Object.fromEntries(partners.map((column) => [column, marked(fact[column], fact[column])])),
  }
}

const markText = (text: string, partner: string): string =>
  text.includes('@') ? `${markOf(partner)}.${text}` : `${text} ${markOf(partner)}`.trim()
