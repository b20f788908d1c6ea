import { setImmediate } from 'node:timers/promises'
import { faceOf, type Weight } from './font/faces.ts'
import { blocksProgram } from './font/program.ts'
import { typesetter } from './text/set.ts'

const WEIGHTS: readonly Weight[] = ['regular', 'bold']
const LETTERS = [
  'Commission lines of October 2026',
  'Available, pending and blocked',
  'previous $1,234,567.89 +12.5%',
  'VAT Type Ltd. (Europe/Warsaw)',
]

let warm: Promise<void> | undefined

/**
 * What the first document of a process would do at one stretch (open the fonts, subset their Latin, read their
 * kerning), done in steps between which others get their turn. Later calls return at once.
 */
export function warmUp(): Promise<void> {
  warm ??= steps()
  return warm
}

async function steps(): Promise<void> {
  const { line } = typesetter('sc')
  for (const weight of WEIGHTS) {
    const face = faceOf('sans', weight)
    await setImmediate()
    blocksProgram(face, new Set(['latin']))
    await setImmediate()
    for (const text of LETTERS) {
      line(text, weight)
      await setImmediate()
    }
  }
}
