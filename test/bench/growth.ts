import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Chart } from '../../templates/chart/shape.ts'
import { chartSvg } from '../../templates/chart/svg.ts'
import { timelineChart } from '../../templates/chart/timeline.ts'
import { measureRun } from './rows/run.ts'
import { openStage } from './stage.ts'

/** `npm run growth`: whole runs of more and more partners, as a table, and with `--svg FILE` as a picture. */
interface Size {
  readonly partners: number
  readonly msPerStatement: number
  readonly peakMb: number
}

async function measureAll(partners: readonly number[]): Promise<Size[]> {
  const stage = await openStage({ json: false, quick: false, full: true, only: [] }, process.env.BENCH_DATABASE_URL)
  const found: Size[] = []
  try {
    for (const many of partners) {
      const { whole } = await measureRun(stage, many, { stages: false })
      found.push({ partners: many, msPerStatement: whole.ms / many, peakMb: whole.peakMb })
    }
    return found
  } finally {
    await stage.close()
  }
}

/** Readable on a light and on a dark page. */
const COLORS = { text: '#7d8590' }
const PANEL = { width: 230, height: 120 }

function pictureOf(found: readonly Size[]): string {
  const panels = [
    panel(found, 'ms per statement, by partners', ({ msPerStatement }) => msPerStatement),
    panel(found, 'peak memory in MB, by partners', ({ peakMb }) => peakMb),
  ]
  const placed = panels.map((chart, i) =>
    chartSvg(chart, COLORS).replace('<svg ', `<svg x="${i * (PANEL.width + 20)}" `),
  )
  const width = panels.length * (PANEL.width + 20) - 20
  const inner = placed.map((svg) => svg.replace('width="100%"', `width="${PANEL.width}" height="${PANEL.height}"`))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${PANEL.height}" width="${width * 1.6}" font-family="sans-serif"><title>A run as its partners grow</title>${inner.join('')}</svg>`
}

function panel(found: readonly Size[], name: string, value: (size: Size) => number): Chart {
  const shown = (size: Size) => value(size).toLocaleString('en', { maximumSignificantDigits: 3 })
  const told = found.map((size) => `${shown(size)} of ${count(size.partners)} partners`)
  return timelineChart(
    found.map((size) => `${count(size.partners)}: ${shown(size)}`),
    [{ name, tone: 'series', values: found.map(value) }],
    PANEL,
    { tick: String, description: `${name}: ${told.join(', ')}` },
  )
}

function count(value: number): string {
  return value.toLocaleString('en')
}

const { values } = parseArgs({
  options: { partners: { type: 'string', default: '1000,5000,20000' }, svg: { type: 'string' } },
})
const sizes = await measureAll(values.partners.split(',').map(Number))
for (const { partners, msPerStatement, peakMb } of sizes)
  process.stdout.write(
    `${count(partners)} partners: ${msPerStatement.toFixed(2)} ms/statement, ${peakMb.toFixed(0)} MB\n`,
  )
if (values.svg) await writeFile(values.svg, `${pictureOf(sizes)}\n`)
