import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../../db/access/accounts.ts'
import { inSnapshot } from '../../../db/connection/client.ts'
import { parsePeriod } from '../../../jobs/calendar/period.ts'
import type { Outcome } from '../../../jobs/report.ts'
import { licenseExport } from '../../../jobs/reports/license-export.ts'
import type { LicenseExportFigures } from '../../../templates/license-export/view.ts'
import { warsaw } from '../../db/queries/program.ts'
import { collector } from '../../support/collector.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertLicense, insertPartner } from '../../support/factories.ts'

let database: TestDatabase
let account: Account
beforeAll(async () => {
  database = await freshDatabase()
  const { db } = database
  account = await warsaw(db)
  const march = '2025-03-05T10:00:00Z'
  for (const partner_id of ['alpha', 'bravo', 'quiet']) await insertPartner(db, { partner_id })
  await insertLicense(db, {
    partner_id: 'alpha',
    license_id: 'A',
    program: 'affiliate',
    product: 'chat',
    created_at: march,
  })
  await insertLicense(db, {
    partner_id: 'alpha',
    license_id: 'S',
    program: 'solution',
    product: 'desk',
    created_at: march,
    converted_at: march,
  })
  await insertLicense(db, {
    partner_id: 'bravo',
    license_id: 'B',
    program: 'solution',
    product: 'desk',
    created_at: march,
    expires_at: '2025-04-05T10:00:00Z',
  })
  await insertLicense(db, { partner_id: 'bravo', license_id: 'late', created_at: '2025-03-31T22:00:00Z' })
})
afterAll(() => database.close())

/** Every outcome with the ids in its CSV, read out of the snapshot while it is open. */
function run(partners?: readonly string[], asOf?: Date) {
  const period = parsePeriod('2025-03', 'Europe/Warsaw')
  return inSnapshot(database.db, async (db) => {
    const all: [Outcome<LicenseExportFigures, never>, string[]][] = []
    const context = { db, account, period, asOf: asOf ?? period.to, ...(partners && { partners }) }
    for await (const outcome of licenseExport.statements(context)) {
      const { sink, bytes } = collector()
      const { rows } = ('skip' in outcome ? undefined : await outcome.export?.(sink)) ?? { rows: 0 }
      const ids = parse(bytes(), { bom: true, from: 2 }).map(([id]: string[]) => id ?? '')
      expect(ids).toHaveLength(rows)
      all.push([outcome, ids])
    }
    return all
  })
}

test('the account’s: the licences created in the period, every program, counted three ways', async () => {
  const [[statement, ids] = [], ...others] = await run()
  expect(others).toEqual([])
  expect(ids).toEqual(['A', 'B', 'S'])
  expect(statement).toMatchObject({
    subject: { kind: 'account', name: 'Program 1' },
    figures: {
      licenses: 3,
      by_status: { trial: 2, paid: 1, expired: 0 },
      by_program: { affiliate: 1, solution: 2 },
      by_product: { chat: 1, desk: 2 },
    },
  })
})

test('the status is that of the as-of instant', async () => {
  const [[statement] = []] = await run(undefined, new Date('2025-05-01T00:00:00Z'))
  expect(statement).toMatchObject({ figures: { by_status: { trial: 1, paid: 1, expired: 1 } } })
})

test('a partner’s: its own licences only', async () => {
  const all = await run(['quiet', 'alpha'])
  expect(all.map(([{ subject }, ids]) => [subject, ids])).toEqual([
    [{ kind: 'partner', partner_id: 'alpha', name: 'Partner alpha' }, ['A', 'S']],
    [{ kind: 'partner', partner_id: 'quiet', name: 'Partner quiet' }, []],
  ])
})
