import type { Chart, Shape, Tone } from '../../chart/shape.ts'
import { drawMarked, n, showLine, startOf } from '../page/canvas.ts'
import { type Flow, SHEET } from '../page/flow.ts'
import type { Palette } from '../page/palette.ts'
import { addElement } from '../page/structure.ts'

/** Draws a chart at the present height, without moving on; whoever does not see it is told its description. */
export function figure(flow: Flow, chart: Chart, x: number = SHEET.left): void {
  const element = addElement(flow.root, 'Figure', { alt: chart.description })
  const operators = chart.shapes.map((shape) => operatorsOf(flow, shape, x, flow.y))
  drawMarked(flow.page, element, operators)
}

function operatorsOf(flow: Flow, shape: Shape, x: number, y: number): string {
  switch (shape.kind) {
    case 'rect':
      return `${inkOf(flow.palette, shape.tone)} rg ${n(x + shape.x)} ${n(y + shape.y)} ${n(shape.width)} ${n(shape.height)} re f`
    case 'line':
      return `${inkOf(flow.palette, shape.tone)} RG ${shape.thickness} w ${pathOf(shape.points, x, y)} S`
    case 'area':
      return `${inkOf(flow.palette, shape.tone)} rg ${pathOf(shape.points, x, y)} h f`
    case 'text': {
      const line = flow.type.fit(shape.text, shape.size, shape.width)
      const start = startOf(line, shape.size, x + shape.x, shape.anchor)
      return `${flow.palette.muted} rg ${flow.palette.muted} RG ${showLine(flow.fonts, line, start, y + shape.y, shape.size)}`
    }
  }
}

const pathOf = (points: readonly (readonly [number, number])[], x: number, y: number): string =>
  points.map(([px, py], i) => `${n(x + px)} ${n(y + py)} ${i === 0 ? 'm' : 'l'}`).join(' ')

function inkOf(palette: Palette, tone: Tone): string {
  switch (tone) {
    case 'series':
      return palette.accent
    case 'second':
      return palette.warn
    case 'third':
      return palette.third
    case 'negative':
      return palette.bad
    case 'soft':
      return palette.soft
    case 'area':
      return palette.area
    case 'grid':
      return palette.grid
    case 'axis':
      return palette.muted
  }
}
