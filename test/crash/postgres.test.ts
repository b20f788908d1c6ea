import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Installation, openInstallation } from './installation.ts'
import { openServer } from './postgres.ts'
import { tallyOf } from './tally.ts'
import { watch } from './watch.ts'

const PARTNERS = 100
let server: Awaited<ReturnType<typeof openServer>>
let installation: Installation
beforeEach(async () => {
  server = await openServer()
  installation = await openInstallation(server, { partners: PARTNERS, mailRate: 25 })
})
afterEach(async () => {
  await installation.close()
  await server.close()
})

it('PostgreSQL restarted in mid-run, the run goes on; no mail is lost, none is sent twice', async () => {
  const run = await installation.openRun()
  const { said } = installation.start()
  for (const [mails, signal] of [
    [10, 'SIGINT'],
    [40, 'SIGQUIT'],
  ] as const) {
    await watch(
      () => installation.sink.mails.length >= mails,
      () => `${mails} mails are out; ${said()}`,
      60,
    )
    await server.restart(signal)
  }
  expect((await installation.ended(run, 150)).status).toBe('succeeded')
  const tally = await tallyOf(server.db, run, installation.sink.mails)
  expect(tally).toEqual({ mails: PARTNERS, repeats: 0, losses: 0, doubled: 0 })
}, 240_000)
