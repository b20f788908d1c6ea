import { correctionText } from '../correction.ts'
import { formatDate, formatDateTime, safeLocale } from '../format.ts'
import { datesOfPeriod } from '../period-dates.ts'
import { periodLabel } from '../period-label.ts'
import { short } from '../short.ts'
import type { Dress, Sealed } from '../statement.ts'
import { assemble } from './page/assemble.ts'
import { type Flow, openFlow } from './page/flow.ts'
import { drawFurniture } from './page/furniture.ts'
import { pictureOf } from './page/picture.ts'
import { heading, paragraph, title } from './parts/heading.ts'
import { note } from './parts/note.ts'
import { table } from './parts/table.ts'
import { clean, dotted } from './text/clean.ts'
import { warmUp } from './warm.ts'

/** Any sealed statement, as far as its frame goes. */
export type AnyStatement = Sealed<unknown, unknown>

/** What goes round a document that is no statement (an invoice). */
interface Frame {
  readonly title: string
  /** Stands below the title and in the document's own title. */
  readonly subject: string
  readonly account: string
  /** At the head of every page. */
  readonly period: string
  readonly created: Date
}

/**
 * The PDF of a statement (docs/definitions.md, Statements): head, foot, title, what is provisional or revised, and what `draw` adds.
 * The same statement in the same dress gives the same bytes.
 */
export function reportPdf(
  statement: AnyStatement,
  name: string,
  dress: Dress,
  draw: (flow: Flow) => Promise<void>,
): Promise<Uint8Array> {
  const { account, subject, period, as_of } = statement
  const locale = safeLocale(dress.locale)
  const label = periodLabel(period.key, locale)
  const marks = [...(statement.changes.length ? ['REVISED'] : []), ...(statement.provisional ? ['PROVISIONAL'] : [])]
  const frame = { title: name, subject: subject.name, account: account.name, period: label, created: new Date(as_of) }
  return framedPdf(frame, dress, async (flow) => {
    title(flow, name, marks)
    paragraph(flow, subject.name, { size: 13, bold: true, lines: 2 })
    flow.y += 1
    paragraph(flow, whenAndWho(statement, label, locale), { muted: true })
    flow.y += 9
    await notices(flow, statement, locale)
    await draw(flow)
  })
}

/** A page with head and foot around whatever `draw` puts into it. */
export async function framedPdf(frame: Frame, dress: Dress, draw: (flow: Flow) => Promise<void>): Promise<Uint8Array> {
  const locale = safeLocale(dress.locale)
  await warmUp()
  const logo = dress.logo && (await pictureOf(dress.logo))
  const flow = openFlow(locale, dress.brandColor)
  await draw(flow)
  drawFurniture(flow, { ...frame, sha256: dress.sha256, logo })
  const info = {
    title: `${frame.title} · ${frame.period} · ${short(clean(frame.subject))}`,
    author: short(clean(frame.account)),
    subject: short(clean(frame.subject)),
    language: locale,
    created: frame.created,
    id: dress.sha256,
  }
  return assemble({ info, pages: flow.pages, root: flow.root, fonts: flow.fonts, logo })
}

function whenAndWho(
  { account, subject, period, as_of, currency }: AnyStatement,
  label: string,
  locale: string,
): string {
  const zone = account.time_zone
  // of the key: an account that moved, or rules that did, may have the last day end by another clock than the first began
  const { first, last } = datesOfPeriod(period.key) ?? { first: period.from, last: period.to }
  const days = `${formatDate(first, zone, locale)}\u200e – \u200e${formatDate(last, zone, locale)}`
  const who =
    subject.kind === 'partner'
      ? [`Partner ${subject.partner_id}`]
      : subject.kind === 'funnel'
        ? [`Funnel ${subject.funnel_id}`]
        : []
  return dotted([label, `${days} (${zone})`, `as of ${formatDateTime(as_of, zone, locale)}`, currency, ...who])
}

async function notices(flow: Flow, statement: AnyStatement, locale: string): Promise<void> {
  const { provisional, changes, revision, replaces } = statement
  if (provisional) {
    note(
      flow,
      'Provisional',
      'Not all facts of this period were in when it was computed. A revised statement follows when they are complete.',
    )
  }
  await correctionNotice(flow, statement, locale)
  if (changes.length === 0) return
  const before = replaces?.revision ?? revision - 1
  note(
    flow,
    'Revised',
    `This is revision ${revision}. It replaces revision ${before} of this statement, which stays on file. What changed:`,
  )
  heading(flow, `Changes since revision ${before}`, 30)
  await table(flow, {
    columns: [
      { title: 'Figure', text: (change) => change.path, lines: 3 },
      { title: 'Before', text: (change) => shown(change.before), lines: 3 },
      { title: 'After', text: (change) => shown(change.after), lines: 3 },
    ],
    rows: changes,
  })
  flow.y += 8
}

async function correctionNotice(flow: Flow, statement: AnyStatement, locale: string): Promise<void> {
  const correction = correctionText(statement, locale)
  if (!correction) return
  note(flow, correction.title, correction.text)
  if (correction.rows.length === 0) return
  const [what, before, after, on] = correction.heads
  await table(flow, {
    columns: [
      { title: what, text: (row) => row[0], lines: 3 },
      { title: before, text: (row) => row[1], number: true },
      { title: after, text: (row) => row[2], number: true },
      { title: on, text: (row) => row[3], whole: true },
    ],
    rows: correction.rows,
  })
  flow.y += 8
}

const shown = (value: unknown): string =>
  value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value)
