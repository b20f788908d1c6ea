import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Run } from '../../db/ledger/runs/runs.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { type Installation, openInstallation } from './installation.ts'
import { countOf, killAtEachStep, STEPS } from './scenarios.ts'
import { hashesOf, tallyOf } from './tally.ts'

const PARTNERS = 100
let databases: TestDatabase[]
let open: Installation[]
beforeAll(() => {
  databases = []
  open = []
})
afterAll(async () => {
  for (const installation of open) await installation.close()
  for (const database of databases) await database.close()
})

async function install(mailRate: number): Promise<Installation> {
  const database = await freshDatabase()
  databases.push(database)
  const installation = await openInstallation(database, { partners: PARTNERS, mailRate })
  open.push(installation)
  return installation
}

it('killed at every step of the pipeline in turn, a run loses nothing and repeats no more than was in flight', async () => {
  const calm = await install(1000)
  const reference = await calm.openRun()
  const undisturbed = calm.start()
  const calmEnd = calm.ended(reference)
  const killed = await install(20)
  await calmEnd
  await undisturbed.kill()
  const run: Run = await killed.openRun()
  const kills = await killAtEachStep(killed, run, STEPS)
  expect((await killed.ended(run)).status).toBe('succeeded')
  const tally = await tallyOf(killed.db, run, killed.sink.mails)
  expect(tally).toMatchObject({ losses: 0, doubled: 0 })
  expect(tally.repeats).toBeLessThanOrEqual(kills * 10)
  expect(kills).toBe(countOf(STEPS))
  expect(await hashesOf(killed.db, run)).toEqual(await hashesOf(calm.db, reference))
}, 280_000)
