import type { Sealed } from '../../../templates/statement.ts'
import { NOTHING, type Write, type Written, writerOf } from './value.ts'
import { humanised } from './words.ts'

/** Figures as a page shows them: by their own structure, every digit of them, in the account's locale. */
interface Section {
  readonly title: string
  readonly pairs: readonly { readonly label: string; readonly value: string }[]
  readonly tables: readonly FigureTable[]
}

interface FigureTable {
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
export function sectionsOf(sealed: Shown): Section[] {
  const { figures, rows } = sealed
  const write = writerOf(sealed)
  const fields = headlinesFirst(isFields(figures) ? figures : { figures })
  const groups = Object.entries(fields).filter(([, value]) => isFields(value) || isTable(value))
  const scalars = Object.entries(fields).filter(([, value]) => !isFields(value) && !isTable(value))
  return [
    ...(scalars.length > 0
      ? [{ title: 'Figures', pairs: flatten(Object.fromEntries(scalars)).map(pairWith(write)), tables: [] }]
      : []),
    ...groups.map(([name, value]) => sectionOf(write, name, value)),
    ...(rows && rows.length > 0 ? [{ title: 'Rows', pairs: [], tables: [tableOf(write, '', rows)] }] : []),
  ]
}

/** What a revision changed, as text. */
export function changesOf(sealed: Shown & Pick<Sealed<unknown>, 'changes'>) {
  const write = writerOf(sealed)
  return sealed.changes.map(({ path, before, after }) => {
    const [, map, name = ''] = /(?:\.(by_\w+|change_percent)\.)?([^.\]]*)$/.exec(path) ?? []
    return { path, before: write(map ?? name, before).text, after: write(map ?? name, after).text }
  })
}

type Shown = Pick<Sealed<unknown, unknown>, 'figures' | 'rows' | 'account' | 'currency'>

function sectionOf(write: Write, name: string, value: Value): Section {
  const title = humanised(name)
  if (!isFields(value)) return { title, pairs: [], tables: [tableOf(write, '', value as readonly Value[])] }
  const flat = flatten(headlinesFirst(value), '', name)
  const tables = flat.filter((one) => isTable(one.value))
  return {
    title,
    pairs: flat.filter((one) => !isTable(one.value)).map(pairWith(write)),
    tables: tables.map((one) => tableOf(write, one.label, one.value as readonly Value[])),
  }
}

/** A value with the name that tells what it is. */
interface Leaf {
  readonly label: string
  readonly name: string
  readonly value: Value
}

/** Of these the keys are names out of the facts or of figures, and what all values are is told by the name of the map. */
const isMap = (name: string): boolean => name.startsWith('by_') || name === 'change_percent' || name === 'verdicts'

/** `by_product: {x: 1}` reads "By product: x"; names out of the facts stay as they are. */
function flatten(fields: Fields, prefix = '', of = ''): Leaf[] {
  const isNamed = of.startsWith('by_') || of === 'verdicts'
  return Object.entries(fields).flatMap(([name, value]): Leaf[] => {
    const label = `${prefix}${isNamed ? name : humanised(name)}`
    return isFields(value)
      ? flatten(value, `${label}: `, isMap(of) ? of : name)
      : [{ label, name: isMap(of) ? of : name, value }]
  })
}

const pairWith =
  (write: Write) =>
  ({ label, name, value }: Leaf) => ({ label, value: write(name, value).text })

function tableOf(write: Write, title: string, items: readonly Value[]): FigureTable {
  const lines: Fields[] = items.slice(0, MOST_ROWS).map((item) => (isFields(item) ? item : { value: item }))
  const names = columnsOf(lines)
  const cells = lines.map((line) => names.map((name) => write(name, line[name], currencyOf(line))))
  const columns = names.map((name, at) => ({
    label: humanised(name),
    isNumber: isOfNumbers(cells.map((row) => row[at])),
  }))
  return { title, columns, rows: cells.map((row) => row.map(({ text }) => text)), count: items.length }
}

const currencyOf = ({ currency }: Fields): string | undefined => (typeof currency === 'string' ? currency : undefined)

const isOfNumbers = (cells: readonly (Written | undefined)[]): boolean =>
  cells.some((cell) => cell?.isNumber) && cells.every((cell) => cell?.isNumber || cell?.text === NOTHING)

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

const isFields = (value: Value): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTable = (value: Value): boolean => Array.isArray(value) && value.some(isFields)
