import { expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { openInstallation } from './installation.ts'
import { watch } from './watch.ts'

const PARTNERS = 20

it('the mails of a command that was killed are taken up by the next, where no server runs', async () => {
  const database = await freshDatabase()
  const installation = await openInstallation(database, { partners: PARTNERS, mailRate: 1000 })
  const { sink, db } = installation
  sink.delay = 60_000 // on their way when it is killed
  const run = ['run', 'monthly-summary', '--period', '2025-03']
  const killed = installation.command(run)
  await watch(
    () => sink.mails.length > 0,
    () => `a mail leaves; ${killed.said()}`,
    60,
  )
  await killed.kill()
  const held = await db.selectFrom('deliveries').select('id').where('status', '=', 'sending').execute()
  expect(held.length).toBeGreaterThan(0)
  sink.delay = 0
  const next = installation.command(run)
  expect(await next.gone, next.said()).toEqual([0, null])
  const sent = await db.selectFrom('deliveries').select('id').where('status', '=', 'sent').execute()
  expect(sent).toHaveLength(PARTNERS)
  await installation.close()
  await database.close()
}, 120_000)
