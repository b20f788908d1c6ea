import { describe, expect, it, test } from 'vitest'
import { figuresHash, stepsOf } from '../../jobs/figures-hash.ts'
import { reports } from '../../jobs/index.ts'
import type { CommissionLine } from '../../templates/monthly-summary/view.ts'
import type { Sealed } from '../../templates/statement.ts'
import { sealedSummary } from '../support/summary.ts'
import {
  leadsTimeline,
  partnerLeaderboard,
  pipelineAnalytics,
  resellerWeekly,
  usageReconciliation,
  withdrawalEligibility,
} from '../templates/pdf/report-samples.ts'

type AnySealed = Sealed<unknown, unknown>

const line = (id: string, product: string, amount: string): CommissionLine => ({
  commission_id: id,
  earned_at: '2026-10-05T12:00:00Z',
  kind: 'commission',
  program: 'affiliate',
  product,
  license_id: null,
  campaign_id: 7,
  amount,
  currency: 'EUR',
})

/** c1 of 100 and c2 of 50 of one product, c3 of 50 of another, and what the statement says by product. */
function summary(
  products: readonly [string, string, string],
  by_product: Readonly<Record<string, string>>,
  campaign = 'Blog',
) {
  const rows = ['100.00', '50.00', '50.00'].map((amount, i) => line(`c${i + 1}`, products[i] ?? '', amount))
  const { document } = sealedSummary({ rows })
  const best = { campaign_id: 7, product: products[0], clicks: 1, trials: 1, conversions: 1, earnings: '200.00' }
  const figures = {
    ...document.figures,
    commission: { ...document.figures.commission, by_product },
    best_campaigns: [{ ...best, name: campaign }],
  }
  return { ...document, figures }
}

const hashOf = (document: AnySealed) =>
  figuresHash(reports.find(({ name }) => name === document.report)?.labels ?? [], document)

describe('a monthly summary', () => {
  const before = summary(['chat', 'chat', 'desk'], { chat: '150.00', desk: '50.00' })

  it('is the same with a renamed product and a renamed campaign', () => {
    expect(hashOf(summary(['LiveChat', 'LiveChat', 'desk'], { LiveChat: '150.00', desk: '50.00' }, 'The blog'))).toBe(
      hashOf(before),
    )
  })

  it('is another where a sale went from one product to another', () => {
    expect(hashOf(summary(['chat', 'desk', 'desk'], { chat: '100.00', desk: '100.00' }))).not.toBe(hashOf(before))
  })

  it('is another where two products became one', () => {
    expect(hashOf(summary(['chat', 'chat', 'chat'], { chat: '200.00' }))).not.toBe(hashOf(before))
  })

  it('is another in another currency', () => {
    expect(hashOf({ ...before, currency: 'USD' })).not.toBe(hashOf(before))
  })
})

test('the order of a list is none of its figures, for it may be that of names', () => {
  const statement = { currency: 'EUR', figures: { list: [{ id: 1 }, { id: 2 }] } }
  expect(figuresHash([], statement)).toBe(
    figuresHash([], { currency: 'EUR', figures: { list: [{ id: 2 }, { id: 1 }] } }),
  )
})

test('an export is a figure of its statement', () => {
  expect(figuresHash([], { currency: 'EUR', figures: {} }, ['a'])).not.toBe(
    figuresHash([], { currency: 'EUR', figures: {} }, ['b']),
  )
})

/** Every report that has rows or figures to look at, with every label of it filled. */
const samples: readonly AnySealed[] = [
  summary(['chat', 'chat', 'desk'], { chat: '150.00', desk: '50.00' }),
  resellerWeekly(2),
  usageReconciliation(2),
  withdrawalEligibility(2),
  partnerLeaderboard(2),
  leadsTimeline(2),
  pipelineAnalytics(),
]

describe.each(samples.map((sample) => [sample.report, sample] as const))('%s', (name, sample) => {
  const report = reports.find((one) => one.name === name)
  const leaves = leavesOf({ figures: sample.figures, rows: sample.rows ?? [] }, [])
  const isLabel = (path: readonly string[]) => report?.labels.some((label) => covers(stepsOf(label), path)) ?? false

  it('has every label that it names', () => {
    const single = report?.labels.filter((label) => !label.endsWith('{}')) ?? []
    const missing = single.filter((label) => !leaves.some(({ path }) => covers(stepsOf(label), path)))
    expect(missing).toEqual([])
  })

  it('is the same whatever its labels are, and another with any other value', () => {
    const hash = hashOf(sample)
    const wrong = leaves.filter(({ path, value }) => (hashOf(changed(sample, path, value)) === hash) !== isLabel(path))
    expect(wrong.map(({ path }) => path.join('.'))).toEqual([])
  })
})

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

function leavesOf(value: unknown, path: readonly string[]): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }]
  return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]))
}

/** A map of labels has no leaf that is one: its values are figures. */
const covers = (label: readonly string[], path: readonly string[]): boolean =>
  label.length === path.length &&
  label.every((step, i) => step === path[i] || (step === '[]' && /^\d+$/.test(path[i] ?? '')))

function changed(sample: AnySealed, path: readonly string[], value: unknown): AnySealed {
  const copy = structuredClone(sample) as unknown as Record<string, unknown>
  const last = path.at(-1) ?? ''
  const holder = path
    .slice(0, -1)
    .reduce<Record<string, unknown>>((at, step) => at[step] as Record<string, unknown>, copy)
  holder[last] = typeof value === 'string' ? `${value}?` : [value, 'another']
  return copy as unknown as AnySealed
}
