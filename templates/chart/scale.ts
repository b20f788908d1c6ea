import type { Shape } from './shape.ts'

/** A linear axis over a range that always holds zero, with three to six round ticks. */
interface Scale {
  readonly ticks: readonly number[]
  /** From a value to its y. */
  readonly y: (value: number) => number
}

/** `top` and `bottom` are the y of the highest and the lowest tick. */
export function scaleOf(values: readonly number[], top: number, bottom: number): Scale {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const step = stepOf(high - low)
  const first = Math.floor(low / step)
  const last = Math.max(Math.ceil(high / step), first + 1)
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step)
  const span = (last - first) * step
  return { ticks, y: (value) => bottom - ((value - first * step) / span) * (bottom - top) }
}

/** Grid lines, tick labels to the left of `left`, and a stronger line at zero. */
export function gridShapes(scale: Scale, left: number, right: number, label: (value: number) => string): Shape[] {
  return scale.ticks.flatMap((tick): Shape[] => {
    const y = scale.y(tick)
    const line: Shape = {
      kind: 'line',
      points: [
        [left, y],
        [right, y],
      ],
      tone: tick === 0 ? 'axis' : 'grid',
      thickness: tick === 0 ? 0.8 : 0.4,
    }
    return [
      line,
      { kind: 'text', x: left - 4, y: y + 2.2, text: label(tick), size: 6.2, anchor: 'end', width: left - 4 },
    ]
  })
}

/** 1, 2 or 5 times a power of ten, so that about four of them cover the span. */
function stepOf(span: number): number {
  if (span < 1e-9) return 1
  const rough = span / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * 0.999) ?? 10
  return factor * power
}
