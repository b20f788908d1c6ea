import { parseArgs } from 'node:util'
import { NAMES, type Name } from './row.ts'

/** How much is measured. */
export interface Options {
  readonly json: boolean
  /** Fewer facts and partners, single measurements: shows that it works, not how fast. */
  readonly quick: boolean
  /** The full sizes where the five minutes of the whole bench do not allow for them: 10,000 and 20,000 partners. */
  readonly full: boolean
  readonly only: readonly Name[]
}

/** Throws with what was expected where an argument is none of ours. */
export function readArguments(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  const { json, quick, full } = values
  return { json, quick, full, only: values.only.flatMap((names) => names.split(',').map(nameOrThrow)) }
}

function nameOrThrow(text: string): Name {
  const name = NAMES.find((one) => one === text.trim())
  if (name) return name
  throw new Error(`--only ${text}: expected one of ${NAMES.join(', ')}`)
}
