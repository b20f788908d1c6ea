import type { Change } from '../templates/statement.ts'

interface Figures {
  readonly currency?: string
  readonly figures: unknown
  readonly rows?: readonly unknown[]
}

/**
 * What a revision changed (docs/definitions.md, Revisions): one entry per leaf, `before` or `after` null where there was or is none.
 * Elements of a list are matched by what identifies them (a commission's id, a month), so that one line more does not
 * make every later line look changed.
 */
export function changesBetween(before: Figures, after: Figures): Change[] {
  const changes: Change[] = []
  if (before.currency !== undefined) compare('currency', before.currency, after.currency, changes)
  compare('figures', before.figures, after.figures, changes)
  compare('rows', before.rows ?? [], after.rows ?? [], changes)
  return changes
}

function compare(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (Array.isArray(before) && Array.isArray(after)) {
    const identity = identityOf([before, after])
    compareMaps(path, byIdentity(before, identity), byIdentity(after, identity), changes)
  } else if (isObject(before) && isObject(after)) compareMaps(path, entries(before), entries(after), changes)
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

/** What tells the elements of a list apart, the most telling first. */
const IDENTITIES = [
  'event_id',
  'commission_id',
  'license_id',
  'organization_id',
  'partner_id',
  'campaign_id',
  'stage_id',
  'month',
  'label',
  'key',
  'uuid',
]

function identityOf(lists: readonly (readonly unknown[])[]): string | undefined {
  return IDENTITIES.find((name) =>
    lists.every((list) => isUnique(list.map((item) => (isObject(item) ? item[name] : undefined)))),
  )
}

const isUnique = (values: readonly unknown[]): boolean =>
  values.every((value) => value !== undefined && value !== null) && new Set(values).size === values.length

function byIdentity(list: readonly unknown[], identity: string | undefined): Map<string, unknown> {
  return new Map(list.map((item, index) => [`[${identity && isObject(item) ? String(item[identity]) : index}]`, item]))
}
