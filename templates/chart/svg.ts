import type { Chart, Shape, Tone } from './shape.ts'

/** Colours of an SVG chart, any CSS colour each; what is left out is ours and readable on light and on dark. */
type SvgColors = Partial<Record<Tone | 'text', string>>

const COLORS: Record<Tone | 'text', string> = {
  series: '#2f6bd8',
  second: '#b8560b',
  third: '#2b8a57',
  negative: '#c8372d',
  soft: '#2f6bd866',
  area: '#2f6bd826',
  grid: '#8889a033',
  axis: '#8889a0',
  text: 'currentColor',
}

/** The chart as an SVG element that scales with its box and says what it shows. */
export function chartSvg(chart: Chart, colors: SvgColors = {}): string {
  const all = { ...COLORS, ...colors }
  const { width, height, description } = chart
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(width)} ${n(height)}" width="100%" role="img" aria-label="${escapeXml(description)}">` +
    `<title>${escapeXml(description)}</title>${chart.shapes.map((shape) => shapeSvg(shape, all)).join('')}</svg>`
  )
}

function shapeSvg(shape: Shape, colors: Record<Tone | 'text', string>): string {
  switch (shape.kind) {
    case 'rect':
      return `<rect x="${n(shape.x)}" y="${n(shape.y)}" width="${n(shape.width)}" height="${n(shape.height)}" fill="${escapeXml(colors[shape.tone])}"/>`
    case 'line':
      return `<polyline points="${pointsOf(shape.points)}" fill="none" stroke="${escapeXml(colors[shape.tone])}" stroke-width="${shape.thickness}"/>`
    case 'area':
      return `<polygon points="${pointsOf(shape.points)}" fill="${escapeXml(colors[shape.tone])}"/>`
    case 'text':
      return `<text x="${n(shape.x)}" y="${n(shape.y)}" font-size="${shape.size}" text-anchor="${shape.anchor}" fill="${escapeXml(colors.text)}">${escapeXml(shape.text)}</text>`
  }
}

const pointsOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')
const n = (value: number): number => Math.round(value * 100) / 100
const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeXml = (text: string): string =>
  text.replace(/\p{Cc}/gu, '').replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)
