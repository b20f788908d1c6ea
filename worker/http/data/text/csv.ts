import { z } from 'zod'
import { streamLicenseCsv } from '../../../../db/queries/license-csv.ts'
import type { LicenseFilter } from '../../../../db/queries/license-selection.ts'
import { invalid } from '../../shared/problem.ts'
import { instantOf } from '../../shared/schemas.ts'
import { type Endpoint, partnerEndpoint } from '../endpoint.ts'
import { type Filter, filters } from '../filters.ts'
import { answerFile } from '../stream.ts'

const RULES = {
  license_product: ['equals', 'contains'],
  license_status: ['equals', 'contains'],
  license_details: ['equals', 'contains', 'exists'],
  license_created_at: ['greater_or_equal', 'lesser_or_equal'],
  payment_origin: ['equals', 'contains', 'exists'],
  credit_card: ['exists'],
} as const

export const csv: Endpoint = partnerEndpoint({
  id: 'text-get-solution-licenses-csv-report',
  path: '/v2/partners/solutions/licenses/search/csv',
  summary: 'Client licenses as a CSV table.',
  file: 'text/csv',
  long: true,
  query: z.object({ filters: filters(RULES).optional() }),
  handle: async ({ scope: { db, account, partnerId, now }, query, reply }) => {
    const selection = {
      asOf: now,
      partners: [partnerId],
      program: 'solution',
      filters: (query.filters ?? []).map(licenseFilter),
    } as const
    reply.header('content-disposition', 'attachment; filename="licenses.csv"')
    return answerFile(reply, 'text/csv; charset=utf-8', (sink) =>
      streamLicenseCsv(db, account, selection, sink, { onFailure: 'disconnect' }),
    )
  },
})

/** The rules above have settled which operators go with which field; the values of some are more than text. */
function licenseFilter({ field, operator, value }: Filter<string, string>): LicenseFilter {
  if (operator === 'exists') return { field, operator, value: yesOrNo(field, value) } as LicenseFilter
  if (field === 'license_created_at') return { field, operator, value: timeOf(field, value) } as LicenseFilter
  return { field, operator, value } as LicenseFilter
}

function yesOrNo(field: string, value: string): 'yes' | 'no' {
  const answer = value.toLowerCase()
  if (answer === 'yes' || answer === 'no') return answer
  throw invalid('query', 'filters', `expected yes or no as value of ${field}`)
}

/** `YYYY-MM-DD HH:mm:ss` as the document writes it, or what other parameters take. */
function timeOf(field: string, value: string): Date {
  const instant = instantOf(value.replace(/^(.{10}) (.{8})$/, '$1T$2Z'))
  if (instant) return instant
  throw invalid('query', 'filters', `expected YYYY-MM-DD HH:mm:ss as value of ${field}`)
}
