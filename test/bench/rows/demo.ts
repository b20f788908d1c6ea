import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { judge, type Measured } from '../row.ts'
import type { Stage } from '../stage.ts'

/** `demo`: `npm run demo` in an empty home, from the start of npm to its end. */
export async function demo({ options, folder }: Stage): Promise<Measured[]> {
  const value: number[] = []
  for (let round = 0; round < (options.quick ? 1 : 2); round++) {
    const began = performance.now()
    const env = { ...process.env, BURSAR_HOME: join(folder, `demo-${round}`) }
    await promisify(execFile)('npm', ['run', '--silent', 'demo'], { env })
    value.push((performance.now() - began) / 1000)
  }
  return [judge({ name: 'demo', unit: 's', peer: 'limit', reach: { limit: 15 }, value })]
}
