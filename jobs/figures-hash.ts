import { sha256Of } from '../db/values/sha256.ts'
import { canonicalForm } from './canonical.ts'

/** What of a statement its reader reckons with. */
interface Figures {
  readonly currency: string
  readonly figures: unknown
  readonly rows?: readonly unknown[]
}

/**
 * The hash that tells whether a statement says anything new: its currency, figures and rows, and the hashes of its
 * exports. Labels are left out, for a renamed campaign changes no figure; so is the order of lists, which may be that of
 * names. `labels` are the report's (ReportDefinition).
 */
export function figuresHash(
  labels: readonly string[],
  { currency, figures, rows = [] }: Figures,
  exports: readonly string[] = [],
): string {
  const root = treeOf(labels)
  return sha256Of(
    canonicalForm([currency, comparable(figures, root.get('figures')), comparable(rows, root.get('rows')), ...exports]),
  )
}

/** Paths by their first step: `a.b[].c` lies under `a`, `b`, `[]`, `c`; a label ends in an empty tree. */
type Tree = Map<string, Tree>

function treeOf(paths: readonly string[]): Tree {
  const root: Tree = new Map()
  for (const path of paths) {
    let tree = root
    for (const step of stepsOf(path)) {
      const next = tree.get(step) ?? new Map()
      tree.set(step, next)
      tree = next
    }
  }
  return root
}

export const stepsOf = (path: string): string[] => path.match(/\[\]|\{\}|[^.[\]{}]+/g) ?? []

function comparable(value: unknown, labels: Tree | undefined): unknown {
  if (Array.isArray(value)) return sorted(value.map((item) => comparable(item, labels?.get('[]'))))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  // Keys that are labels: what is reckoned is how much there is of each, not what it is called.
  if (labels?.has('{}')) return sorted(entries.map(([, item]) => comparable(item, labels.get('{}'))))
  return Object.fromEntries(
    entries
      .filter(([key]) => labels?.get(key)?.size !== 0)
      .map(([key, item]) => [key, comparable(item, labels?.get(key))]),
  )
}

const sorted = (values: readonly unknown[]): string[] => values.map(canonicalForm).sort()
