import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isOpen } from '../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../db/ledger/runs/summary.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import { licenseExport } from '../../jobs/reports/license-export.ts'
import { findRunOrThrow, retryRun } from '../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../worker/actions/request-run.ts'
import { openDiskStorage } from '../../worker/storage/disk.ts'
import { openS3Storage } from '../../worker/storage/s3.ts'
import type { Storage } from '../../worker/storage/storage.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { openTestBucket, type TestBucket } from '../support/s3.ts'
import { canMount, mountSmallDisk } from '../support/small-disk.ts'
import { startMailServer } from '../support/smtp.ts'
import { tally } from '../support/tally-report.ts'
import { until } from '../support/until.ts'

const PARTNERS = 30
const clock = () => new Date('2026-11-01T06:00:00Z')
let database: TestDatabase
let mails: Awaited<ReturnType<typeof startMailServer>>
let runtime: TestRuntime
let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'bursar-failures-'))
  database = await freshDatabase()
  mails = await startMailServer()
  await insertAccount(database.db)
  for (let n = 0; n < PARTNERS; n++) {
    const { partner_id } = await insertPartner(database.db)
    await insertCommission(database.db, { partner_id, amount: n, earned_at: '2026-10-05T12:00:00Z' })
  }
})
afterEach(async () => {
  await runtime.close()
  await mails.close()
  await database.close()
  await rm(home, { recursive: true, force: true })
})

const open = async (storage: Storage) => {
  const reports = [tally, licenseExport as unknown as ReportDefinition]
  runtime = await openTestRuntime(database.db, reports, { clock, smtpUrl: mails.url, storage })
}
const start = async (report: string) => {
  const input = { report, period: '2026-10', accountId: 1, mail: true, trigger: 'http' } as const
  return (await openRequestedRun(runtime.context, input)).run.id
}
async function ended(id: string) {
  const run = await until(
    async () => {
      const found = await findRunOrThrow(runtime.context, id)
      return !isOpen(found) && found
    },
    'the run ends',
    60,
  )
  const [summary] = await summarizeRuns(database.db, [run])
  return summary
}
const errors = async (run: string) => {
  const rows = await database.db.selectFrom('statements').select('error').where('run_id', '=', run).distinct().execute()
  return rows.map(({ error }) => error).filter((error) => error !== null)
}
const expectOneMailEach = () => {
  expect(new Set(mails.messages.flatMap(({ to }) => to)).size).toBe(PARTNERS)
  expect(mails.messages).toHaveLength(PARTNERS)
}
/** More than an upload in one part, and than a small disk. */
const insertLicenses = () =>
  sql`insert into licenses (account_id, license_id, partner_id, program, product, client_name, created_at)
    select 1, 'l' || n, (select min(partner_id) from partners), 'affiliate', 'chat', repeat('client ', 100), '2026-10-05Z'
    from generate_series(1, 30000) n`.execute(database.db)

/** Until not even a short file fits. */
async function fill(storage: Storage): Promise<string[]> {
  const filling: string[] = []
  for (const size of [800_000, 4_000, 1]) {
    const put = () => storage.put(randomBytes(size)).catch(() => undefined)
    for (let stored = await put(); stored; stored = await put()) filling.push(stored.sha256)
  }
  return filling
}

describe('a file store that is busy', () => {
  let bucket: TestBucket
  beforeEach(async () => {
    bucket = await openTestBucket()
    await open(openS3Storage(bucket.config, join(home, 'spool'), clock))
  })
  afterEach(() => bucket.close())

  it('now and then does not show in a run', async () => {
    bucket.trouble(({ tries }) => (tries === 1 ? 503 : undefined))
    const run = await start('tally')
    expect(await ended(run)).toMatchObject({ status: 'succeeded', deliveries: { sent: PARTNERS } })
    expectOneMailEach()
  })

  it('all the time fails the statements with its words; a retry finishes the run', { timeout: 120_000 }, async () => {
    bucket.trouble(() => 503)
    const run = await start('tally')
    expect(await ended(run)).toMatchObject({ status: 'failed', statements: { failed: PARTNERS } })
    expect(await errors(run)).toContainEqual(expect.stringMatching(/file store .* answered 503 SlowDown/))
    expect(mails.messages).toEqual([])
    bucket.trouble(() => undefined)
    await retryRun(runtime.context, run)
    expect(await ended(run)).toMatchObject({ status: 'succeeded', deliveries: { sent: PARTNERS } })
    expectOneMailEach()
  })

  it('while an export streams into it fails the run with its words; a retry computes it again', async () => {
    await insertLicenses()
    bucket.trouble(({ url }) => (url.includes('partNumber=2') ? 403 : undefined))
    const run = await start('license-export')
    const failed = await ended(run)
    expect(failed).toMatchObject({ status: 'failed', statements: {} })
    expect(failed?.error).toMatch(/answered 403/)
    bucket.trouble(() => undefined)
    await retryRun(runtime.context, run)
    expect(await ended(run)).toMatchObject({ status: 'succeeded', statements: { rendered: 1 } })
    expect(await readdir(join(home, 'spool'))).toEqual([])
  })
})

describe.runIf(canMount('a disk that fills up in a run'))('a disk that fills up', () => {
  let unmount: () => void
  beforeEach(async () => {
    await mkdir(join(home, 'files'))
    unmount = mountSmallDisk(join(home, 'files'), 1024)
    await open(openDiskStorage(join(home, 'files')))
  })
  afterEach(() => unmount())

  it('fails the statements with the reason; once there is room a retry finishes the run', async () => {
    const filling = await fill(runtime.context.storage)
    const run = await start('tally')
    expect(await ended(run)).toMatchObject({ status: 'failed', statements: { failed: PARTNERS } })
    expect(await errors(run)).toEqual(['the disk that holds the files is full (ENOSPC)'])
    expect(mails.messages).toEqual([])
    for (const sha256 of filling) await runtime.context.storage.remove(sha256)
    await retryRun(runtime.context, run)
    expect(await ended(run)).toMatchObject({ status: 'succeeded', deliveries: { sent: PARTNERS } })
    expectOneMailEach()
  })

  it('while an export streams onto it fails the run with the reason', async () => {
    await insertLicenses()
    const run = await start('license-export')
    expect(await ended(run)).toMatchObject({
      status: 'failed',
      error: 'the disk that holds the files is full (ENOSPC)',
    })
    expect(await readdir(join(home, 'files', 'incoming'))).toEqual([])
  })
})
