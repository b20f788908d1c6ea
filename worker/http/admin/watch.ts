import { isOpen } from '../../../db/ledger/runs/runs.ts'
import type { RunSummary } from '../../../db/ledger/runs/summary.ts'
import type { RunContext } from '../../run/context.ts'
import { summaryOf } from './runs.ts'

/** Looks at runs for any number of readers: those of one run share a look. */
export interface Watch {
  readonly look: (id: string) => Promise<RunSummary>
  /** How long to wait before the next look: longer where a look takes long. */
  readonly restMs: () => number
}

const REST_MS = 250

export function createWatch(context: Pick<RunContext, 'db'>): Watch {
  const looks = new Map<string, { at: number; summary: Promise<RunSummary> }>()
  let tookMs = 0
  const lookAnew = async (id: string): Promise<RunSummary> => {
    const began = performance.now()
    const summary = await summaryOf(context, id)
    tookMs = performance.now() - began
    if (!isOpen(summary)) looks.delete(id) // a retry opens it again, and must not be told that it has ended
    return summary
  }
  const restMs = () => Math.max(REST_MS, 4 * tookMs)
  return {
    restMs,
    look: (id) => {
      const now = performance.now()
      for (const [known, { at }] of looks) if (now - at >= REST_MS / 2) looks.delete(known)
      const recent = looks.get(id)
      if (recent) return recent.summary
      const summary = lookAnew(id)
      looks.set(id, { at: now, summary })
      return summary
    },
  }
}
