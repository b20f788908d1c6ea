import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startOfDay } from '../../db/values/zone.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../support/factories.ts'
import { monthlySummary } from '../templates/pdf/samples.ts'

/** Paths of `node` of other versions, separated by commas: with them this test does on all of them what it does on one. */
const NODES = [process.execPath, ...(process.env.TEST_NODES?.split(',') ?? [])]
if (NODES.length === 1) process.stdout.write('TEST_NODES names no other versions of Node: only this one is compared\n')

const MAIN = fileURLToPath(new URL('../../dist/worker/main.js', import.meta.url))
const DRAW = fileURLToPath(new URL('draw.mjs', import.meta.url))
const HOUR = 3_600_000
/** The zones whose November 2026 the runtimes of that month disagree about, and one that all know. */
const DISPUTED = ['America/Vancouver', 'America/Winnipeg', 'Africa/Casablanca', 'America/Havana', 'Europe/Warsaw']
/** One version says the same everywhere: two zones are enough to see that months tile. */
const ZONES = NODES.length > 1 ? DISPUTED : DISPUTED.slice(0, 2)
const LANGUAGES = 'en de fr fr-CH es it pt nl pl cs sv ja zh-TW ko ko-KR ar-EG he tr'.split(' ')
const MONTHS = ['2026-10', '2026-11', '2026-12']

let database: TestDatabase
let home: string
beforeAll(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-nodes-'))
})
afterAll(async () => {
  await database.close()
  await rm(home, { recursive: true, force: true })
})

const run = promisify(execFile)

/** One command of the product, compiled, on one version of Node. */
function bursar(node: string, ...command: string[]) {
  const secrets = { SECRET: 'secret-'.repeat(6), ADMIN_TOKEN: 'token-'.repeat(6) }
  const env = { PATH: process.env.PATH, DATABASE_URL: database.url, BURSAR_HOME: home, ...secrets }
  return run(node, [MAIN, ...command], { env })
}

test('months sealed on alternating versions of Node tile, in zones that the versions disagree about', async () => {
  const { db } = database
  const ids: string[] = []
  for (const [index, timezone] of ZONES.entries()) {
    const account_id = 100 + index
    await insertAccount(db, { account_id, timezone })
    await insertPartner(db, { account_id, partner_id: 'p' })
    for (const date of ['2026-11-01', '2026-12-01']) {
      const boundary = startOfDay(Date.parse(date), timezone)
      for (let hour = -30; hour <= 30; hour++) {
        const commission_id = `${timezone} ${date} ${hour}`
        ids.push(commission_id)
        await insertCommission(db, {
          account_id,
          partner_id: 'p',
          commission_id,
          amount: '707',
          earned_at: new Date(boundary + hour * HOUR),
        })
      }
    }
  }
  for (const [index] of ZONES.entries()) {
    for (const [turn, month] of MONTHS.entries()) {
      const node = NODES[(turn + index) % NODES.length] as string
      await bursar(
        node,
        'run',
        'monthly-summary',
        '--period',
        month,
        '--as-of',
        '2027-01-10T00:00:00Z',
        '--account',
        String(100 + index),
        '--no-mail',
      )
    }
  }
  const statements = await db.selectFrom('statements').select('sealed').where('status', '=', 'rendered').execute()
  const sealed = statements.map(
    (row) => JSON.parse(row.sealed ?? '') as { rows: { commission_id: string; amount: string }[] },
  )
  const lines = sealed.flatMap(({ rows }) => rows)
  expect(sealed).toHaveLength(ZONES.length * MONTHS.length)
  expect(lines.map(({ commission_id }) => commission_id).sort()).toEqual(ids.sort())
}, 300_000)

test('a sealed statement is drawn and mailed as the same bytes by every version of Node, in every language', async () => {
  const file = join(home, 'sealed.json')
  await writeFile(file, JSON.stringify(monthlySummary({ lines: 60 })))
  const drawn = await Promise.all(NODES.map((node) => run(node, [DRAW, file, ...LANGUAGES])))
  for (const other of drawn) expect(JSON.parse(other.stdout)).toEqual(JSON.parse(drawn[0]?.stdout ?? ''))
}, 300_000)
