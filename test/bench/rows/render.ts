import type { Rendered } from '../candidates/timed.ts'
import { type Child, canPin, openChild } from '../child.ts'
import { judge, type Measured, type Name } from '../row.ts'
import type { Stage } from '../stage.ts'

const PEERS = {
  'render-chromium': { file: 'candidates/chromium', peer: 'headless Chromium, warm, the same page', least: 8 },
  'render-react-pdf': { file: 'candidates/react-pdf', peer: '@react-pdf/renderer, warm, the same page', least: 7 },
} as const
type Peer = keyof typeof PEERS

/**
 * `render-chromium`, `render-react-pdf`: each candidate in a process of its own on the same one core, warmed up, in turns,
 * so that whatever else the machine does meets them alike.
 */
export async function renderRows({ options, note }: Stage, wanted: (name: Name) => boolean): Promise<Measured[]> {
  const names = (Object.keys(PEERS) as Peer[]).filter(wanted)
  const [rounds, ms] = options.quick ? [1, 1500] : [5, 1500]
  const own = openChild('candidates/bursar', { core: 0 })
  const others = names.map((name) => openChild(PEERS[name].file, { core: 0 }))
  const all = [own, ...others]
  const results: Rendered[][] = all.map(() => [])
  try {
    for (const [i, child] of all.entries()) await child.ask(i === 0 ? 2 * ms : 3 * ms) // until the compiler has seen it
    for (let round = 0; round < rounds; round++) await measure(all, results, ms)
  } finally {
    await Promise.all(all.map((child) => child.close()))
  }
  note(`render: bytes a statement ${results.map((result) => result[0]?.bytes).join(', ')}`)
  const speeds = results.map((result) => result.map(({ perSecond }) => perSecond))
  return names.map((name, i) =>
    judge({
      name,
      unit: 'PDF/s',
      peer: PEERS[name].peer,
      reach: { least: PEERS[name].least },
      value: speeds[0] ?? [],
      peerValue: speeds[i + 1] ?? [],
      note: canPin() ? 'one core each, by taskset' : 'no taskset: neither is kept on one core',
    }),
  )
}

async function measure(children: readonly Child[], results: Rendered[][], ms: number): Promise<void> {
  for (const [i, child] of children.entries()) results[i]?.push(await child.ask<Rendered>(ms))
}
