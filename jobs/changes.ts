import type { Change } from '../templates/statement.ts'

interface Figures {
  readonly figures: unknown
  readonly rows?: readonly unknown[]
}

/**
 * What a revision changed (SPEC 5, restatement): one entry per leaf, `before` or `after` null where there was or is none.
 * Elements of a list are matched by their first property (a commission's id, a month), so that one line more does not
 * make every later line look changed.
 */
export function changesBetween(before: Figures, after: Figures): Change[] {
  const changes: Change[] = []
  compare('figures', before.figures, after.figures, changes)
  compare('rows', before.rows ?? [], after.rows ?? [], changes)
  return changes
}

function compare(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (Array.isArray(before) && Array.isArray(after)) compareMaps(path, byKey(before), byKey(after), changes)
  else if (isObject(before) && isObject(after)) compareMaps(path, entries(before), entries(after), changes)
  else if (!Object.is(before, after) && JSON.stringify(before) !== JSON.stringify(after)) {
    changes.push({ path, before: before ?? null, after: after ?? null })
  }
}

function compareMaps(path: string, before: Map<string, unknown>, after: Map<string, unknown>, changes: Change[]): void {
  for (const key of new Set([...before.keys(), ...after.keys()]))
    compare(path + key, before.get(key), after.get(key), changes)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const entries = (value: Record<string, unknown>) =>
  new Map(Object.entries(value).map(([key, item]) => [`.${key}`, item]))

function byKey(list: readonly unknown[]): Map<string, unknown> {
  return new Map(list.map((item, index) => [`[${isObject(item) ? String(Object.values(item)[0]) : index}]`, item]))
}
