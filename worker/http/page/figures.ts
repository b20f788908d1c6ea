import type { Change, Sealed } from '../../../templates/statement.ts'
import { humanised } from './words.ts'

/** Figures as a page shows them: as they are sealed, digit by digit. */
export interface Section {
  readonly title: string
  readonly pairs: readonly { readonly label: string; readonly value: string }[]
  readonly tables: readonly FigureTable[]
}

export interface FigureTable {
  readonly title: string
  readonly columns: readonly { readonly label: string; readonly isNumber: boolean }[]
  readonly rows: readonly (readonly string[])[]
  /** How many there are; `rows` holds the first of them. */
  readonly count: number
}

type Value = unknown
type Fields = Readonly<Record<string, Value>>

const MOST_ROWS = 100

/** The figures by their own structure, so that a new report needs nothing here. */
export function sectionsOf({ figures, rows }: Pick<Sealed<unknown, unknown>, 'figures' | 'rows'>): Section[] {
  const fields = headlinesFirst(isFields(figures) ? figures : { figures })
  const groups = Object.entries(fields).filter(([, value]) => isFields(value) || isTable(value))
  const scalars = Object.entries(fields).filter(([, value]) => !isFields(value) && !isTable(value))
  return [
    ...(scalars.length > 0 ? [{ title: 'Figures', pairs: scalars.map(pairOf), tables: [] }] : []),
    ...groups.map(([name, value]) => sectionOf(humanised(name), value)),
    ...(rows && rows.length > 0 ? [{ title: 'Rows', pairs: [], tables: [tableOf('', rows)] }] : []),
  ]
}

/** What a revision changed, as text. */
export const changesOf = (changes: readonly Change[]) =>
  changes.map(({ path, before, after }) => ({ path, before: textOf(before), after: textOf(after) }))

function sectionOf(title: string, value: Value): Section {
  if (!isFields(value)) return { title, pairs: [], tables: [tableOf('', value as readonly Value[])] }
  const flat = flatten(headlinesFirst(value))
  return {
    title,
    pairs: flat.filter(([, one]) => !isTable(one)).map(pairOf),
    tables: flat.filter(([, one]) => isTable(one)).map(([name, one]) => tableOf(name, one as readonly Value[])),
  }
}

/** `by_product: {x: 1}` reads "By product: x"; the keys in it are names out of the facts and stay as they are. */
function flatten(fields: Fields, prefix = '', isNamed = false): [string, Value][] {
  return Object.entries(fields).flatMap(([name, value]): [string, Value][] => {
    const label = `${prefix}${isNamed ? name : humanised(name)}`
    return isFields(value)
      ? flatten(value, `${label}: `, name.startsWith('by_') || name === 'verdicts')
      : [[label, value]]
  })
}

const pairOf = ([name, value]: [string, Value]) => ({
  label: name.includes(' ') ? name : humanised(name),
  value: textOf(value, name),
})

function tableOf(title: string, items: readonly Value[]): FigureTable {
  const lines = items.map((item) => (isFields(item) ? item : { value: item }))
  const names = columnsOf(lines.slice(0, MOST_ROWS))
  const shown = lines.slice(0, MOST_ROWS).map((line) => names.map((name) => textOf((line as Fields)[name], name)))
  const columns = names.map((name, at) => ({
    label: humanised(name),
    isNumber: shown.every((cells) => /^(–|-?[\d,.]+ ?%?)$/.test(cells[at] ?? '')),
  }))
  return { title, columns, rows: shown, count: items.length }
}

/** Sealed documents have their keys in the order of the alphabet; what people look for first stands first here. */
function headlinesFirst(fields: Fields): Fields {
  const isHeadline = (name: string) => /^(total|totals|commission)$/.test(name)
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => Number(isHeadline(b)) - Number(isHeadline(a))))
}

/** What a row is of comes first, too. */
function columnsOf(lines: readonly Fields[]): string[] {
  const names = [...new Set(lines.flatMap((line) => Object.keys(line)))]
  const rank = (name: string): number => (/^(name|month|date)$/.test(name) ? 0 : name.endsWith('_id') ? 1 : 2)
  return names.sort((a, b) => rank(a) - rank(b))
}

function textOf(value: Value, name = ''): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return /percent|rate$/i.test(name) ? `${value}%` : String(value)
  if (Array.isArray(value)) return value.length === 0 ? '–' : value.map((one) => textOf(one)).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const isFields = (value: Value): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTable = (value: Value): boolean => Array.isArray(value) && value.some(isFields)
