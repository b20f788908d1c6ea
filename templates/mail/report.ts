import { type CorrectionText, correctionText } from '../correction.ts'
import { formatChange, formatCount, formatMoney, formatPercent, periodLabel, safeLocale } from '../format.ts'
import { short } from '../short.ts'
import type { Change, MailBody, MailDress, MailFile, Sealed } from '../statement.ts'
import { brandColors } from './brand.ts'
import { mailHtml } from './html.ts'
import { oneLine } from './one-line.ts'
import type { Headline, MailPage, MailTable, ShownFile } from './page.ts'
import { mailText } from './text.ts'

/** What one report puts on the page that all mails share. */
export interface MailContent {
  readonly title: string
  /** One sentence; it is also what a list of mails shows beside the subject. */
  readonly lead: string
  /** Three figures. */
  readonly headlines: readonly Headline[]
  readonly tables?: readonly Table[]
  /** What the reader has to know before acting on the figures. */
  readonly notes?: MailPage['notes']
}

/** Rows of cells that read already; the first column is text, the others are numbers. */
interface Table {
  readonly title: string
  readonly heads?: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly more?: string
}

/** How figures read in this mail. */
export interface Notation {
  readonly locale: string
  readonly money: (amount: string) => string
  readonly count: (count: number | string) => string
  readonly percent: (percent: number | null) => string
  /** "+23.5%, before 1,000.00": what stands beside a figure that has a previous period. */
  readonly since: (change: number | null, before: string) => string
}

type AnySealed = Sealed<unknown, unknown>

/** A report's mail: subject, text and HTML of the same content (docs/definitions.md, Mails). */
export async function reportMail<S extends AnySealed>(
  statement: S,
  dress: MailDress,
  contentOf: (statement: S, notation: Notation) => MailContent,
): Promise<MailBody> {
  const page = pageOf(statement, dress, contentOf(statement, notationOf(statement, dress)))
  return { subject: page.subject, text: mailText(page), html: await mailHtml(page) }
}

function notationOf({ currency }: AnySealed, dress: MailDress): Notation {
  const locale = safeLocale(dress.locale)
  return {
    locale,
    money: (amount) => formatMoney(amount, currency, locale),
    count: (count) => formatCount(count, locale),
    percent: (percent) => formatPercent(percent, locale),
    since: (change, before) => `${formatChange(change, locale)}, before ${before}`,
  }
}

function pageOf(statement: AnySealed, dress: MailDress, content: MailContent): MailPage {
  const { changes } = statement
  const [account, subject] = [statement.account.name, statement.subject.name].map((name) => short(oneLine(name))) as [
    string,
    string,
  ]
  const locale = safeLocale(dress.locale)
  const period = periodLabel(statement.period.key, locale)
  const correction = correctionText(statement, locale)
  const marks = [...(changes.length > 0 ? ['revised'] : []), ...(statement.provisional ? ['provisional'] : [])]
  return {
    subject: `${account}: ${content.title} for ${period}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`,
    preheader: content.lead,
    account,
    title: content.title,
    period,
    subjectName: subject,
    lead: content.lead,
    notes: [...correctionNote(correction), ...notesOf(statement), ...(content.notes ?? [])],
    headlines: content.headlines,
    figureSize: figureSize(content.headlines),
    tables: [...correctionTable(correction), ...changesTable(changes), ...(content.tables ?? []).map(shown)],
    filesTitle: dress.files.some(({ url }) => url) ? 'Files' : 'Attached',
    files: dress.files.map((file) => shownFile(file, locale)),
    seal: `Sealed statement, revision ${statement.revision}, SHA-256 ${dress.sha256}`,
    foot: `Sent by ${account} because you are on the list of its ${content.title.toLowerCase()}.`,
    unsubscribeUrl: dress.unsubscribeUrl,
    ...brandColors(dress.brandColor),
  }
}

const correctionNote = (correction: CorrectionText | undefined): MailPage['notes'] =>
  correction ? [{ title: `${correction.title}.`, text: correction.text }] : []

function notesOf({ changes, provisional, revision, replaces }: AnySealed): MailPage['notes'] {
  const before = `revision ${replaces?.revision ?? revision - 1}, the statement you had before`
  const replaced = `Figures have changed; this is revision ${revision} and replaces ${before}.`
  const early = 'Not all facts of the period were in yet. A revised statement follows when they are.'
  return [
    ...(changes.length > 0 ? [{ title: 'Revised.', text: replaced }] : []),
    ...(provisional ? [{ title: 'Provisional.', text: early }] : []),
  ]
}

/** Mail programs cut long mails, so a long list ends here with its length; the PDF and the ledger hold all of it. */
const MOST_CHANGES = 100

function changesTable(changes: readonly Change[]): MailTable[] {
  if (changes.length === 0) return []
  const left = changes.length - MOST_CHANGES
  const rows = changes.slice(0, MOST_CHANGES).map(({ path, before, after }) => [path, plain(before), plain(after)])
  const more = left > 0 ? `${left} more changes; ${changes.length} in all, in full in the sealed statement.` : ''
  return [shown({ title: 'What changed', heads: ['Figure', 'Before', 'Now'], rows, more })]
}

function correctionTable(correction: CorrectionText | undefined): MailTable[] {
  if (!correction || correction.rows.length === 0) return []
  const { title, heads, rows } = correction
  const left = rows.length - MOST_CHANGES
  const more = left > 0 ? `${left} more; ${rows.length} in all, in full in the sealed statement.` : ''
  return [shown({ title, heads, rows: rows.slice(0, MOST_CHANGES), more })]
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const shown = ({ title, heads = [], rows, more = '' }: Table): MailTable => ({
  title,
  heads,
  rows: rows.map((row) => row.map(oneLine)),
  more,
  align: (column) => (column > 0 ? 'right' : 'left'),
  wrap: (column, cell) =>
    column > 0 && cell.length <= 20 ? 'padding-left:14px;white-space:nowrap' : 'padding-left:0;word-break:break-word',
})

/** Pixels in which each tile of a third of the page holds its figure on one line. */
function figureSize(headlines: readonly Headline[]): number {
  const longest = Math.max(...headlines.map(({ value }) => value.length))
  if (longest <= 10) return 20
  return longest <= 13 ? 17 : longest <= 15 ? 15 : 13
}

/** "PDF, 34,120 bytes" or "CSV, 1,204 rows, 120,345 bytes, link valid for 30 days": nothing is cut in silence. */
function shownFile({ name, size, rows, sha256, url }: MailFile, locale: string): ShownFile {
  const kind = name.slice(name.lastIndexOf('.') + 1).toUpperCase()
  const about = [
    kind,
    ...(rows === undefined ? [] : [`${formatCount(rows, locale)} ${rows === 1 ? 'row' : 'rows'}`]),
    `${formatCount(size, locale)} bytes`,
    ...(url ? ['too large to attach: link valid for 30 days'] : []),
  ]
  return { name, sha256, about: about.join(', '), url }
}
