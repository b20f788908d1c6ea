import { openChild } from '../child.ts'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

/** `loop-gap`: a fresh process each time, so that opening fonts and everything else that is done once counts. */
export async function loopGap({ options }: Stage): Promise<Measured[]> {
  const value: number[] = []
  for (let round = 0; round < (options.quick ? 1 : 3); round++) {
    const child = openChild('candidates/gap')
    try {
      value.push(await child.ask<number>(options.quick ? 2000 : 4000))
    } finally {
      await child.close()
    }
  }
  return [
    judge({
      name: 'loop-gap',
      unit: 'ms',
      peer: 'limit',
      reach: { limit: 50 },
      value: [Math.max(...value)],
      note: `longest of ${value.length} cold starts (${value.map(Math.round).join(', ')} ms), with 1,200-row tables and eight scripts`,
    }),
  ]
}
