import pino from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findRun } from '../../../db/ledger/runs/runs.ts'
import { createClosing } from '../../../worker/run/closing.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount } from '../../support/factories.ts'
import { insertRun } from '../../support/ledger.ts'
import { until } from '../../support/until.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
  await insertAccount(database.db)
})
afterAll(() => database.close())

const closingOf = () => createClosing({ db: database.db, clock: () => new Date(), log: pino({ level: 'silent' }) })
const statusOf = async ({ id }: { id: string }) => (await findRun(database.db, id))?.status

function gate() {
  let letGo = () => {}
  const held = new Promise<void>((open) => {
    letGo = open
  })
  return { held, letGo }
}

test('the run is closed when its last mail returns, even where the very last one under way ended nothing', async () => {
  const run = await insertRun(database.db, { status: 'delivering' })
  const closing = closingOf()
  const { held, letGo } = gate()
  const last = closing.during(() => held)
  await closing.during(async (ended) => ended(run))
  letGo()
  await last
  expect(await statusOf(run)).toBe('succeeded')
})

test('a mail of another run that takes long does not hold it open', async () => {
  const run = await insertRun(database.db, { status: 'delivering' })
  const closing = closingOf()
  const { held, letGo } = gate()
  const slow = closing.during(() => held)
  await closing.during(async (ended) => ended(run))
  await until(async () => (await statusOf(run)) === 'succeeded', 'the run is closed')
  letGo()
  await slow
})
