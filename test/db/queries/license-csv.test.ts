import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { asTenant, inSnapshot } from '../../../db/connection/client.ts'
import { streamLicenseCsv } from '../../../db/queries/license-csv.ts'
import type { LicenseFilter, LicenseSelection } from '../../../db/queries/license-selection.ts'
import { collector } from '../../support/collector.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertCommission, insertLicense, insertPartner } from '../../support/factories.ts'
import { MARCH, warsaw } from './program.ts'

let database: TestDatabase
let account: Account
const asOf = MARCH.to
beforeAll(async () => {
  database = await freshDatabase()
  account = await warsaw(database.db)
  const { db } = database
  for (const partner_id of ['alpha', 'bravo']) await insertPartner(db, { partner_id })
  const base = { partner_id: 'alpha', program: 'solution', product: 'LiveChat' }
  await insertLicense(db, {
    ...base,
    license_id: 'S1',
    payment_origin: 'partner',
    client_name: 'Client, "One"',
    client_email: 'one@client.test',
    purchase_order: 'PO 1',
    created_at: '2025-03-04T10:00:00.9Z',
    commission_percent: '20',
    discount_percent: '12.345',
  })
  await insertLicense(db, {
    ...base,
    license_id: 'S2',
    payment_origin: 'client',
    client_name: '=cmd|1',
    client_email: '@two',
    purchase_order: '-5',
    created_at: '2025-03-05T10:00:00Z',
    cc_added_at: '2025-03-06T10:00:00Z',
    converted_at: '2025-03-07T10:00:00Z',
  })
  await insertLicense(db, {
    ...base,
    license_id: 'S3',
    product: 'helpdesk',
    client_name: 'two\nlines',
    created_at: '2025-03-06T10:00:00Z',
    expires_at: '2025-03-20T10:00:00Z',
    converted_at: '2025-03-07T10:00:00Z',
    cc_added_at: '2025-04-06T10:00:00Z',
  })
  await insertLicense(db, { ...base, license_id: 'A1', program: 'affiliate', created_at: MARCH.to })
  await insertLicense(db, { ...base, license_id: 'B1', partner_id: 'bravo', created_at: MARCH.from })
  const entry = (kind: string, amount: number, earned_at: string, more = {}) =>
    insertCommission(db, {
      partner_id: 'alpha',
      program: 'solution',
      license_id: 'S2',
      kind,
      amount,
      earned_at,
      ...more,
    })
  await entry('commission', 10000, '2025-03-10T10:00:00Z')
  await entry('refund', -12_34, '2025-03-11T10:00:00Z')
  await entry('discount', 300, '2025-03-11T10:00:00Z')
  await entry('commission', 999, '2025-04-11T10:00:00Z')
  await entry('referral', 777, '2025-03-11T10:00:00Z', { partner_id: 'bravo' })
  await entry('refund', -50, '2025-03-11T10:00:00Z', { license_id: 'S1' })
})
afterAll(() => database.close())

async function csv(selection: Partial<LicenseSelection> = {}) {
  const { sink, bytes } = collector()
  const { rows } = await inSnapshot(database.db, (db) => streamLicenseCsv(db, account, { asOf, ...selection }, sink))
  const [header, ...records] = parse(bytes(), { bom: true, record_delimiter: '\r\n' }) as string[][]
  expect(records).toHaveLength(rows)
  return { header, records, ids: records.map(([id]) => id), text: bytes().toString() }
}

test('the contract’s 14 columns, guarded, with what each licence brought by then', async () => {
  const { header, records, text } = await csv({
    partners: ['alpha'],
    program: 'solution',
    from: MARCH.from,
    to: MARCH.to,
  })
  expect(header?.join()).toBe(
    'License ID,Managed by,Status,Client name,Client email,Client identifier,Created,Product,Credit card,Card problem,Commission level,Discount level,Total earnings,Total savings',
  )
  expect(records).toEqual([
    [
      'S1',
      'partner',
      'trial',
      'Client, "One"',
      'one@client.test',
      'PO 1',
      '2025-03-04 10:00:00',
      'LiveChat',
      'no',
      '',
      '20.00',
      '12.35',
      '-0.50',
      '0.00',
    ],
    [
      'S2',
      'client',
      'paid',
      "'=cmd|1",
      "'@two",
      "'-5",
      '2025-03-05 10:00:00',
      'LiveChat',
      'yes',
      '',
      '0.00',
      '0.00',
      '87.66',
      '3.00',
    ],
    [
      'S3',
      '',
      'expired',
      'two\nlines',
      '',
      '',
      '2025-03-06 10:00:00',
      'helpdesk',
      'no',
      '',
      '0.00',
      '0.00',
      '0.00',
      '0.00',
    ],
  ])
  expect(text).toContain('S3,,expired,"two\nlines",,,2025-03-06')
})

test('every program and partner of the period, half-open, by creation', async () => {
  expect((await csv({ from: MARCH.from, to: MARCH.to })).ids).toEqual(['B1', 'S1', 'S2', 'S3'])
  expect((await csv()).ids).toEqual(['B1', 'S1', 'S2', 'S3', 'A1'])
  expect((await csv({ partners: ['nobody'] })).ids).toEqual([])
})

test('inside a partner’s walls only its own licences and earnings', async () => {
  const { sink, bytes } = collector()
  await asTenant(database.db, { accountId: 1, partnerId: 'bravo' }, (scope) =>
    streamLicenseCsv(scope, account, { asOf }, sink),
  )
  expect(parse(bytes(), { bom: true, from: 2 }).map(([id]: string[]) => id)).toEqual(['B1'])
})

describe('filters', () => {
  const cases: [LicenseFilter, string[]][] = [
    [{ field: 'license_product', operator: 'equals', value: 'livechat' }, ['S1', 'S2']],
    [{ field: 'license_product', operator: 'contains', value: 'DESK' }, ['S3']],
    [{ field: 'license_status', operator: 'equals', value: 'paid' }, ['S2']],
    [{ field: 'license_details', operator: 'contains', value: 'PO 1' }, ['S1']],
    [{ field: 'license_details', operator: 'contains', value: '%' }, []],
    [{ field: 'license_details', operator: 'equals', value: 's2' }, ['S2']],
    [{ field: 'license_details', operator: 'exists', value: 'yes' }, ['S1', 'S2', 'S3']],
    [
      { field: 'license_created_at', operator: 'greater_or_equal', value: new Date('2025-03-05T10:00:00Z') },
      ['S2', 'S3'],
    ],
    [{ field: 'license_created_at', operator: 'lesser_or_equal', value: new Date('2025-03-04T10:00:00Z') }, ['S1']],
    [{ field: 'payment_origin', operator: 'equals', value: 'client' }, ['S2']],
    [{ field: 'payment_origin', operator: 'exists', value: 'no' }, ['S3']],
    [{ field: 'credit_card', operator: 'exists', value: 'yes' }, ['S2']],
    [{ field: 'credit_card', operator: 'exists', value: 'no' }, ['S1', 'S3']],
  ]
  test.each(cases)('%o', async (filter, ids) => {
    expect((await csv({ partners: ['alpha'], program: 'solution', filters: [filter] })).ids).toEqual(ids)
  })
})
