import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { barChart } from '../../../templates/chart/bars.ts'
import { funnelChart } from '../../../templates/chart/funnel.ts'
import type { Shape } from '../../../templates/chart/shape.ts'
import { chartSvg } from '../../../templates/chart/svg.ts'
import { timelineChart } from '../../../templates/chart/timeline.ts'

const size = { width: 300, height: 120 }
const options = { tick: String, description: 'twelve months' }
const bars = (shapes: readonly Shape[]) => shapes.filter((shape) => shape.kind === 'rect')

describe('charts', () => {
  test('bars stand on a common zero, negative ones hang from it, zero has none', () => {
    const chart = barChart(
      [10, 0, -5].map((value, i) => ({ label: `${i}`, value })),
      size,
      options,
    )
    const [up, down, none] = bars(chart.shapes)
    expect(none).toBeUndefined()
    expect((up?.y ?? 0) + (up?.height ?? 0)).toBeCloseTo(down?.y ?? Number.NaN)
    expect(up?.height).toBeCloseTo(2 * (down?.height ?? 0))
    expect([up?.tone, down?.tone]).toEqual(['series', 'negative'])
  })

  test('whatever the values, no shape leaves the chart and bars keep their proportions', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 24 }),
        (values) => {
          const data = values.map((value) => ({ label: 'x', value }))
          const { shapes } = barChart(data, size, options)
          for (const bar of bars(shapes)) {
            expect(bar.x).toBeGreaterThanOrEqual(0)
            expect(bar.x + bar.width).toBeLessThanOrEqual(size.width)
            expect(bar.y).toBeGreaterThanOrEqual(0)
            expect(bar.y + bar.height).toBeLessThanOrEqual(size.height)
            expect(bar.height).toBeGreaterThanOrEqual(0)
          }
        },
      ),
    )
  })

  test('all zero is an empty chart with an axis', () => {
    const { shapes } = barChart([{ label: 'x', value: 0 }], size, options)
    expect(bars(shapes)).toHaveLength(0)
    expect(shapes.some((shape) => shape.kind === 'line' && shape.tone === 'axis')).toBe(true)
  })

  test('a funnel gives its largest stage the whole width', () => {
    const { shapes, height } = funnelChart(
      [
        { label: 'New', value: 8 },
        { label: 'Won', value: 2 },
      ],
      { width: 300 },
      { description: 'funnel' },
    )
    const [large, small] = bars(shapes).filter((shape) => shape.tone === 'series')
    expect(large?.width).toBeCloseTo(4 * (small?.width ?? 0))
    expect(height).toBe(36)
  })

  test('a timeline draws one line a series through all its points', () => {
    const series = [
      { name: 'Total', tone: 'series', values: [1, 2, 3] },
      { name: 'Won', tone: 'third', values: [0, 1, 1] },
    ] as const
    const { shapes } = timelineChart(['a', 'b', 'c'], series, size, options)
    const lines = shapes.filter((shape) => shape.kind === 'line' && shape.tone !== 'grid' && shape.tone !== 'axis')
    expect(lines.map((line) => line.kind === 'line' && line.points.length)).toEqual([3, 3])
  })

  test('as SVG it scales, says what it shows and lets no text become markup', () => {
    const chart = barChart([{ label: '<b>"&', value: 1 }], size, { ...options, description: 'A & B < C' })
    const svg = chartSvg(chart, { series: '#123456' })
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 300 120"[^>]*role="img"/)
    expect(svg).toContain('<title>A &amp; B &lt; C</title>')
    expect(svg).toContain('&lt;b&gt;&quot;&amp;')
    expect(svg).toContain('fill="#123456"')
  })
})
