import { afterAll, expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { openRedis } from '../support/redis.ts'
import { openInstallation } from './installation.ts'
import { tallyOf } from './tally.ts'
import { watch } from './watch.ts'

/** What docs/operating.md says of a killed process's work, and what its successor needs to start on a busy machine. */
const TAKEN_OVER_S = 30
const START_S = 15
/** As far as a clock may be away: one that is more than a minute away takes no jobs. */
const CLOCK_AHEAD_MS = 50_000

const redis = await openRedis()
await redis?.wipe()
afterAll(() => redis?.close())

const QUEUES = [['PostgreSQL', undefined] as const, ...(redis ? [['Redis', redis.url] as const] : [])]

it.concurrent.each(QUEUES)(
  `what a killed process whose clock was ahead held in a queue in %s is taken over within ${TAKEN_OVER_S} s`,
  async (_name, redisUrl) => {
    const database = await freshDatabase()
    const installation = await openInstallation(database, { partners: 20, mailRate: 1000, redisUrl })
    const run = await installation.openRun()
    let died = 0
    for (const crashAt of ['computing:after:1', 'claim:after:3']) {
      const killed = installation.start({ crashAt, clockAhead: CLOCK_AHEAD_MS })
      await watch(
        () => killed.child.signalCode === 'SIGKILL',
        () => `it gets to ${crashAt} within the time; ${killed.said()}`,
        TAKEN_OVER_S + START_S,
      )
      died = performance.now()
    }
    installation.start()
    expect((await installation.ended(run)).status).toBe('succeeded')
    expect((performance.now() - died) / 1000).toBeLessThan(TAKEN_OVER_S + START_S)
    expect(await tallyOf(database.db, run, installation.sink.mails)).toMatchObject({ losses: 0, doubled: 0 })
    await installation.close()
    await database.close()
  },
  180_000,
)
