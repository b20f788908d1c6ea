import { gridShapes, scaleOf } from './scale.ts'
import type { Chart, Point, Shape, Size, Tone } from './shape.ts'

interface TimelineSeries {
  readonly name: string
  readonly tone: Tone
  readonly values: readonly number[]
}

const LEFT = 38
const FOOT = 14
const HEAD = 16

/** Lines over time with a legend; the first series is filled down to zero. `labels` stand under the points. */
export function timelineChart(
  labels: readonly string[],
  series: readonly TimelineSeries[],
  { width, height }: Size,
  { tick, description }: { tick: (value: number) => string; description: string },
): Chart {
  const scale = scaleOf(
    series.flatMap((one) => one.values),
    HEAD + 4,
    height - FOOT,
  )
  const slot = (width - LEFT) / Math.max(1, labels.length)
  const at = (values: readonly number[]): Point[] => values.map((value, i) => [LEFT + (i + 0.5) * slot, scale.y(value)])
  const lines = series.flatMap((one, i): Shape[] => [
    ...(i === 0 ? areaShapes(at(one.values), scale.y(0)) : []),
    ...lineShapes(at(one.values), one.tone),
  ])
  const every = Math.ceil(26 / slot)
  const feet = labels.map(
    (text, i): Shape => ({
      kind: 'text',
      x: LEFT + (i + 0.5) * slot,
      y: height - 3,
      text,
      size: 6.2,
      anchor: 'middle',
      width: slot * every - 1,
    }),
  )
  return {
    width,
    height,
    description,
    shapes: [
      ...gridShapes(scale, LEFT, width, tick),
      ...lines,
      ...legendShapes(series),
      ...feet.filter((_, i) => i % every === 0),
    ],
  }
}

function areaShapes(points: readonly Point[], zero: number): Shape[] {
  const [first, last] = [points[0], points.at(-1)]
  return first && last && points.length > 1
    ? [{ kind: 'area', tone: 'area', points: [[first[0], zero], ...points, [last[0], zero]] }]
    : []
}

/** A line and a small square at each point, which is all there is of a single one. */
function lineShapes(points: readonly Point[], tone: Tone): Shape[] {
  const squares = points.map(([x, y]): Shape => ({ kind: 'rect', x: x - 1.5, y: y - 1.5, width: 3, height: 3, tone }))
  return points.length > 1 ? [{ kind: 'line', points, tone, thickness: 1.2 }, ...squares] : squares
}

function legendShapes(series: readonly TimelineSeries[]): Shape[] {
  return series.flatMap((one, i): Shape[] => [
    { kind: 'rect', x: LEFT + i * 78, y: 3, width: 7, height: 7, tone: one.tone },
    { kind: 'text', x: LEFT + i * 78 + 10, y: 9, text: one.name, size: 6.6, anchor: 'start', width: 64 },
  ])
}
