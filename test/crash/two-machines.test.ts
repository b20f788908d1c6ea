import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { generator } from './random.ts'
import { openTwoMachines } from './two-machines.ts'

/** `EDGE_STEPS=200 EDGE_SEED=n npx vitest run test/crash/two-machines.test.ts` is the long form. */
const STEPS = Number(process.env.EDGE_STEPS ?? 8)
const SEED = Number(process.env.EDGE_SEED ?? 5)

it(`machines of different settings, clocks and versions over one ledger, ${STEPS} steps of seed ${SEED}: nothing lost, nothing twice`, async () => {
  const database = await freshDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'bursar-machines-'))
  const machines = await openTwoMachines(database, generator(SEED), folder)
  try {
    for (let step = 0; step < STEPS; step++) await machines.step()
    await machines.settle()
    if (process.env.EDGE_STEPS) console.log(machines.story.join('\n'))
    expect(await machines.faults(), machines.story.join('\n')).toEqual([])
  } finally {
    await machines.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}, 3_600_000)
