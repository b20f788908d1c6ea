import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { findPooler, startPooler } from '../support/pooler.ts'
import { openInstallation } from './installation.ts'

const pooler = findPooler()
const PARTNERS = 10

describe.runIf(pooler)('behind PgBouncer', () => {
  it.each(['transaction', 'statement'] as const)(
    'handing out sessions by the %s, start and run are refused with the reason',
    async (mode) => {
      const database = await freshDatabase()
      const { url, close } = await startPooler(pooler as string, database.url, mode)
      const installation = await openInstallation({ db: database.db, url }, { partners: PARTNERS, mailRate: 1000 })
      for (const args of [['start'], ['run', 'monthly-summary', '--period', '2025-03']]) {
        const refused = installation.command(args)
        expect(await refused.gone, refused.said()).toEqual([2, null])
        expect(refused.said()).toMatch(
          /a pooler that hands out its sessions by the transaction or by the statement.*pool_mode = session/s,
        )
      }
      await installation.close()
      await close()
      await database.close()
    },
    60_000,
  )

  it('handing out sessions for as long as they last, a run is computed, drawn and mailed, each mail once', async () => {
    const database = await freshDatabase()
    const { url, close } = await startPooler(pooler as string, database.url, 'session')
    const installation = await openInstallation({ db: database.db, url }, { partners: PARTNERS, mailRate: 1000 })
    const run = await installation.openRun()
    installation.start()
    expect((await installation.ended(run)).status).toBe('succeeded')
    expect(installation.sink.mails).toHaveLength(PARTNERS)
    await installation.close()
    await close()
    await database.close()
  }, 120_000)
})
