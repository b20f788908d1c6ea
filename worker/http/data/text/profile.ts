import { z } from 'zod'
import { findBilling, listCoupons, replaceBilling, updateProfile } from '../../../../db/queries/data/partner.ts'
import { LONGEST_AT_PAYPAL } from '../../../../db/values/paypal.ts'
import { choice, email, flag, text } from '../../shared/schemas.ts'
import { type Endpoint, partnerEndpoint } from '../endpoint.ts'
import { count, string } from '../shapes.ts'

const COUNTRY = 'a country code of two letters'

/** Who the partner is, and what it told us about itself. */
export const profile: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'text-get-profile',
    path: '/v2/partners',
    summary: 'Profile of the calling partner.',
    answer: z.object({
      partner_id: string(),
      login: string(),
      first_name: string(),
      last_name: string(),
      contact_name: string(),
      contact_email: string(),
      solution_status: string(),
      properties: z.record(z.string(), z.unknown()),
    }),
    handle: async ({ scope: { partner } }) => ({
      partner_id: partner.partner_id,
      login: partner.email,
      first_name: partner.first_name ?? '',
      last_name: partner.last_name ?? '',
      contact_name: partner.contact_name ?? partner.name,
      contact_email: partner.contact_email ?? partner.email,
      solution_status: partner.programs.includes('solution') ? 'accepted' : '',
      properties: partner.properties,
    }),
  }),
  partnerEndpoint({
    id: 'text-update-profile',
    method: 'PUT',
    path: '/v2/partners',
    summary: 'Change the profile and mail preferences.',
    write: true,
    status: 204,
    body: z.object({
      first_name: text('a first name'),
      last_name: text('a last name'),
      contact_name: text('a contact name'),
      contact_email: email(),
      send_monthly_summary: flag().optional(),
      send_reseller_weekly_summary: flag().optional(),
      send_newsletter: flag().optional(),
      send_notifications: flag().optional(),
    }),
    handle: async ({ scope, body }) => {
      const { first_name, last_name, contact_name, contact_email, ...flags } = body
      await updateProfile(scope, { first_name, last_name, contact_name, contact_email, flags })
    },
  }),
  partnerEndpoint({
    id: 'text-get-billing',
    path: '/v2/partners/billing',
    summary: 'Payout and invoice details of the partner.',
    answer: z.object({
      company: string(),
      vat: string(),
      address: string(),
      city: string(),
      zip_code: string(),
      country: string(),
      paypal: string(),
      type: string(),
    }),
    handle: async ({ scope }) => {
      const billing = await findBilling(scope)
      return {
        company: billing?.company ?? '',
        vat: billing?.vat ?? '',
        address: billing?.address ?? '',
        city: billing?.city ?? '',
        zip_code: billing?.zip_code ?? '',
        country: billing?.country ?? '',
        paypal: billing?.paypal ?? '',
        type: billing?.type ?? '',
      }
    },
  }),
  partnerEndpoint({
    id: 'text-update-billing',
    method: 'PUT',
    path: '/v2/partners/billing',
    summary: 'Replace payout and invoice details.',
    write: true,
    status: 204,
    body: z.object({
      type: choice(['business', 'individual']),
      company: text('a company, or the full name of an individual'),
      address: text('a street address'),
      city: text('a city'),
      country: text(COUNTRY).regex(/^[A-Za-z]{2}$/, { error: `expected ${COUNTRY}` }),
      paypal: email(LONGEST_AT_PAYPAL),
      zip_code: text('a postal code', { min: 0 }).optional(),
      vat: text('a VAT number', { min: 0 }).optional(),
      state: text('a state', { min: 0 }).optional(),
    }),
    handle: async ({ scope, body }) => {
      const { zip_code, vat, state, country, ...details } = body
      const optional = { zip_code: zip_code || null, vat: vat || null, state: state || null }
      await replaceBilling(scope, { ...details, country: country.toUpperCase(), ...optional })
    },
  }),
  partnerEndpoint({
    id: 'text-get-coupons',
    path: '/v2/partners/coupons',
    summary: 'Coupons now active for the partner.',
    answer: z.object({ result: z.array(z.object({ id: count(), label: string() })) }),
    handle: async ({ scope }) => {
      const coupons = await listCoupons(scope)
      return { result: coupons.map(({ coupon_id, label }) => ({ id: Number(coupon_id), label })) }
    },
  }),
]
