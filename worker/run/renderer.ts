import { setImmediate as yieldToEvents } from 'node:timers/promises'
import type { ReportDefinition } from '../../jobs/report.ts'
import { wholePdf } from '../../templates/pdf/whole.ts'
import type { Dress, Sealed } from '../../templates/statement.ts'

/** One statement to be drawn. */
export interface Drawing {
  /** Name of its report. */
  readonly report: string
  /** The sealed document, as the ledger keeps it. */
  readonly sealed: string
  readonly dress: Dress
  /** What its files are called, without their ending. */
  readonly name: string
}

export interface RenderedFile {
  readonly name: string
  readonly type: string
  readonly rows: number | null
  readonly bytes: Uint8Array
}

/** Turns sealed documents into files; the same document gives the same bytes, wherever it is drawn. */
export interface Renderer {
  /** How many it takes at a time; more would only wait. */
  readonly width: number
  readonly draw: (drawing: Drawing) => Promise<RenderedFile[]>
  /** Says that there will be something to draw soon: what has to be opened first can be opened meanwhile. */
  readonly warmUp: () => void
}

/** Nobody draws any more, because the process ends: the statement is as good as it was, and another will draw it. */
export class RendererClosed extends Error {}

/** Draws in the thread that asks, with a breath after each statement so that timers and sockets get their turn. */
export function inlineRenderer(reports: ReadonlyMap<string, ReportDefinition>): Renderer {
  return {
    width: 1,
    warmUp: () => {}, // there is no other core to do it on
    draw: async ({ report: name, sealed, dress, name: subject }) => {
      const report = reports.get(name)
      if (!report) throw new Error(`report ${name} is none of ${[...reports.keys()].join(', ')}`)
      const files = await renderFiles(report, JSON.parse(sealed), dress, subject)
      await yieldToEvents()
      return files
    },
  }
}

/** The files of a sealed document, named after its subject: the PDF and its CSVs. BrokenPdf where the PDF is not whole. */
export async function renderFiles(
  report: ReportDefinition,
  sealed: Sealed<unknown, unknown>,
  dress: Dress,
  name: string,
): Promise<RenderedFile[]> {
  const pdf = await report.template.pdf?.(sealed, dress)
  const csvs = report.template.csv?.(sealed) ?? []
  return [
    ...(pdf ? [{ name: `${name}.pdf`, type: 'application/pdf', rows: null, bytes: wholePdf(pdf) }] : []),
    ...csvs.map(({ suffix, rows, bytes }) => ({
      name: suffix ? `${name}.${suffix}.csv` : `${name}.csv`,
      type: 'text/csv; charset=utf-8',
      rows,
      bytes,
    })),
  ]
}
