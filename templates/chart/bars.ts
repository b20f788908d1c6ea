import { gridShapes, scaleOf } from './scale.ts'
import type { Chart, Datum, Shape, Size } from './shape.ts'

const LEFT = 38
const FOOT = 14

/** Vertical bars over a common zero; bars below it hang down in the negative tone. The last bar may be set apart. */
export function barChart(
  data: readonly Datum[],
  { width, height }: Size,
  {
    tick,
    description,
    emphasizeLast = false,
  }: { tick: (value: number) => string; description: string; emphasizeLast?: boolean },
): Chart {
  const scale = scaleOf(
    data.map((datum) => datum.value),
    6,
    height - FOOT,
  )
  const slot = (width - LEFT) / Math.max(1, data.length)
  const every = Math.ceil(16 / slot) // months need room for their names
  const bars = data.flatMap((datum, i): Shape[] => {
    const x = LEFT + i * slot
    const [from, to] = [scale.y(Math.max(0, datum.value)), scale.y(Math.min(0, datum.value))]
    const tone = datum.value < 0 ? 'negative' : emphasizeLast && i < data.length - 1 ? 'soft' : 'series'
    const bar: Shape = { kind: 'rect', x: x + slot * 0.18, y: from, width: slot * 0.64, height: to - from, tone }
    const label: Shape = {
      kind: 'text',
      x: x + slot / 2,
      y: height - 3,
      text: datum.label,
      size: 6.2,
      anchor: 'middle',
      width: slot * every - 1,
    }
    return [...(datum.value === 0 ? [] : [bar]), ...(i % every === 0 ? [label] : [])]
  })
  return { width, height, description, shapes: [...gridShapes(scale, LEFT, width, tick), ...bars] }
}
