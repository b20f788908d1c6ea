import { execFile, execFileSync } from 'node:child_process'
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { asTenant, type Database, openClient } from '../../db/connection/client.ts'
import { migrate, pendingMigrations } from '../../db/connection/migrate.ts'
import { openEmbedded } from '../../db/embedded/open.ts'
import { isOpen } from '../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { sha256Of } from '../../db/values/sha256.ts'
import { findRunOrThrow } from '../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../worker/actions/request-run.ts'
import { openDiskStorage } from '../../worker/storage/disk.ts'
import { bareDatabase, freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { tally } from '../support/tally-report.ts'
import { until } from '../support/until.ts'

const clock = () => new Date('2026-11-01T06:00:00Z')
let parent: string
let open: { close: () => Promise<void> }[]

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bursar-backup-'))
  await chmod(parent, 0o711)
  open = []
})
afterEach(async () => {
  for (const one of open.reverse()) await one.close()
  await rm(parent, { recursive: true, force: true, maxRetries: 5 })
})

const kept = <T extends { close: () => Promise<void> }>(one: T): T => {
  open.push(one)
  return one
}
const files = () => join(parent, 'home', 'files')

async function work(db: Database, folder: string) {
  const runtime = kept(await openTestRuntime(db, [tally], { clock, storage: openDiskStorage(folder) }))
  const input = { report: 'tally', period: '2026-10', accountId: 1, mail: true, trigger: 'http' } as const
  const { run } = await openRequestedRun(runtime.context, input)
  const ended = await until(async () => {
    const found = await findRunOrThrow(runtime.context, run.id)
    return !isOpen(found) && found
  }, 'the run ends')
  return { runtime, summary: (await summarizeRuns(db, [ended]))[0] }
}

async function fill(db: Database) {
  await insertAccount(db)
  for (const partner_id of ['anna', 'bert']) {
    await insertPartner(db, { partner_id })
    await insertCommission(db, { partner_id, amount: 1234, earned_at: '2026-10-05T12:00:00Z' })
  }
  return work(db, files())
}

/** What was sent is there byte for byte, what comes next knows it, and the walls stand. */
async function expectEverything(db: Database, folder: string, before: TestRuntime) {
  const storage = openDiskStorage(folder)
  const stored = await db.selectFrom('files').selectAll().execute()
  const mails = await db.selectFrom('deliveries').select('mail_sha256').where('status', '=', 'sent').execute()
  const hashes = [...stored.map((file) => file.sha256), ...mails.map((mail) => mail.mail_sha256 ?? '')]
  expect(hashes).toHaveLength(4)
  for (const sha256 of hashes) {
    const bytes = await storage.get(sha256)
    expect(sha256Of(bytes)).toBe(sha256)
    expect(bytes).toEqual(await before.context.storage.get(sha256))
  }
  const again = await work(db, folder)
  expect(again.summary).toMatchObject({
    status: 'succeeded',
    revision: 2,
    statements: { unchanged: 2 },
    deliveries: {},
  })
  const own = await asTenant(db, { accountId: 1, partnerId: 'anna' }, (scope) =>
    scope.selectFrom('commissions').select('partner_id').execute(),
  )
  expect(own).toEqual([{ partner_id: 'anna' }])
}

it('a copy of a stopped home is a whole Bursar', async () => {
  const server = await openEmbedded(join(parent, 'home'))
  const client = openClient(server.url)
  await migrate(client.pool, clock())
  const { runtime } = await fill(client.db)
  await client.close()
  await server.close()
  await promisify(execFile)('cp', ['-a', join(parent, 'home'), join(parent, 'restored')])
  const restored = kept(await openEmbedded(join(parent, 'restored')))
  const copy = kept(openClient(restored.url))
  await expectEverything(copy.db, join(parent, 'restored', 'files'), runtime)
})

describe.runIf(await canDump())('a dump', () => {
  it('and a copy of the files made after it are a whole Bursar', async () => {
    const database: TestDatabase = kept(await freshDatabase())
    const { runtime } = await fill(database.db)
    const run = promisify(execFile)
    const dump = join(parent, 'bursar.sql')
    await run('pg_dump', ['--no-owner', '--exclude-schema=bullmq', `--file=${dump}`, database.url])
    await cp(files(), join(parent, 'restored'), { recursive: true })
    const restored = kept(await bareDatabase())
    await run('psql', ['--quiet', '--single-transaction', '--set=ON_ERROR_STOP=1', `--file=${dump}`, restored.url])
    expect(await pendingMigrations(restored.pool)).toEqual([])
    await expectEverything(restored.db, join(parent, 'restored'), runtime)
  })
})

/** pg_dump has to be at least of the server's version. */
async function canDump(): Promise<boolean> {
  try {
    const client = openClient(inject('databases').server)
    const { rows } = await client.pool.query(`select current_setting('server_version_num')::int / 10000 as major`)
    await client.close()
    const said = execFileSync('pg_dump', ['--version'], { encoding: 'utf8' })
    if (Number(/(\d+)\./.exec(said)?.[1]) >= rows[0].major) return true
  } catch {
    // not there
  }
  process.stderr.write('\n*** NOT TESTED: backup by pg_dump: none on PATH that is as new as the server ***\n')
  return false
}
