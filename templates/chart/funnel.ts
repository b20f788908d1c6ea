import type { Chart, Datum, Shape, Size } from './shape.ts'

const LABEL = 120
const VALUE = 96

/** One horizontal bar per stage in the funnel's order, its name before it and its number at the end. Height follows the stages. */
export function funnelChart(
  stages: readonly Datum[],
  { width, rowHeight = 18 }: { width: Size['width']; rowHeight?: number },
  { description }: { description: string },
): Chart {
  const highest = Math.max(1, ...stages.map((stage) => stage.value))
  const room = width - LABEL - VALUE
  const shapes = stages.flatMap((stage, i): Shape[] => {
    const [y, length] = [i * rowHeight, (Math.max(0, stage.value) / highest) * room]
    const middle = y + rowHeight / 2 + 2.6
    return [
      { kind: 'text', x: LABEL - 6, y: middle, text: stage.label, size: 7.5, anchor: 'end', width: LABEL - 8 },
      { kind: 'rect', x: LABEL, y: y + 2.5, width: room, height: rowHeight - 5, tone: 'grid' },
      ...(length > 0
        ? [{ kind: 'rect', x: LABEL, y: y + 2.5, width: length, height: rowHeight - 5, tone: 'series' } as const]
        : []),
      {
        kind: 'text',
        x: width,
        y: middle,
        text: stage.text ?? `${stage.value}`,
        size: 7.5,
        anchor: 'end',
        width: VALUE - 4,
      },
    ]
  })
  return { width, height: Math.max(1, stages.length) * rowHeight, description, shapes }
}
