import type { Malformed, Taken } from './blocks.ts'

export interface CsvRow {
  readonly line: number
  readonly cells: readonly string[]
  /** Bits of the columns that a ragged row has (load/given.ts). */
  readonly given?: number
}

/**
 * Takes the complete records off the start of `text` as RFC 4180 has them: LF or CRLF, quotes around whole cells and
 * doubled inside them. Empty lines are no records. Works on byte strings (bytes.ts).
 */
export function takeCsv(text: string, line: number, final: boolean): Taken<CsvRow> {
  const rows: CsvRow[] = []
  const quotes = finder(text, '"')
  const returns = finder(text, '\r')
  let at = 0
  while (at < text.length) {
    const feed = text.indexOf('\n', at)
    if (feed === -1 && !final) break
    const end = feed === -1 ? text.length : feed
    const plainEnd = text[end - 1] === '\r' && end > at ? end - 1 : end
    if (quotes(at) > end && returns(at) >= plainEnd) {
      if (plainEnd > at) rows.push({ line, cells: text.slice(at, plainEnd).split(',') })
      at = feed === -1 ? end : end + 1
      line++
      continue
    }
    const record = takeRecord(text, at, final)
    if (record === undefined) break
    if ('expected' in record) return { rows, end: at, line, malformed: { ...record, line } }
    rows.push({ line, cells: record.cells })
    line += feedsIn(text, at, record.end)
    at = record.end
  }
  return { rows, end: at, line }
}

/** Where `sought` comes next at or after a place that only moves forward; Infinity where it does not. */
function finder(text: string, sought: string): (from: number) => number {
  let next = -1
  return (from) => {
    if (next < from) {
      const found = text.indexOf(sought, from)
      next = found === -1 ? Number.POSITIVE_INFINITY : found
    }
    return next
  }
}

type Problem = Omit<Malformed, 'line'>

/** One record that holds a quote or a CR, cell by cell; undefined while its end has not arrived yet. */
function takeRecord(
  text: string,
  start: number,
  final: boolean,
): { cells: string[]; end: number } | Problem | undefined {
  const cells: string[] = []
  for (let at = start; ; at++) {
    const cell = text[at] === '"' ? takeQuoted(text, at, final, cells.length) : takePlain(text, at)
    if (cell === undefined || 'expected' in cell) return cell
    cells.push(cell.text)
    at = cell.end
    if (at >= text.length) return final ? { cells, end: at } : undefined
    if (text[at] === ',') continue
    if (text[at] === '\n') return { cells, end: at + 1 }
    if (text[at] === '\r' && text[at + 1] === '\n') return { cells, end: at + 2 }
    if (text[at] === '\r' && at + 1 === text.length) return final ? { cells, end: at + 1 } : undefined
    return { cell: cells.length - 1, value: text.slice(at, at + 20), expected: unexpected(text[at]) }
  }
}

const unexpected = (found: string | undefined) =>
  found === '\r'
    ? 'a line end of LF or CRLF (a CR alone only in quotes)'
    : 'a comma or a line end after the closing quote'

type Cell = { readonly text: string; readonly end: number }

function takeQuoted(text: string, start: number, final: boolean, cell: number): Cell | Problem | undefined {
  let doubled = false
  for (let from = start + 1; ; ) {
    const quote = text.indexOf('"', from)
    if (quote === -1) {
      return final ? { cell, value: text.slice(start, start + 200), expected: 'a closing quote' } : undefined
    }
    if (quote + 1 === text.length && !final) return undefined
    if (text[quote + 1] !== '"') {
      const raw = text.slice(start + 1, quote)
      return { text: doubled ? raw.replaceAll('""', '"') : raw, end: quote + 1 }
    }
    doubled = true
    from = quote + 2
  }
}

/** A quote within an unquoted cell is text like any other (37°36'37.8"N). */
function takePlain(text: string, start: number): Cell {
  let end = start
  while (end < text.length && !isDelimiter(text.charCodeAt(end))) end++
  return { text: text.slice(start, end), end }
}

const isDelimiter = (code: number) => code === 44 || code === 10 || code === 13

function feedsIn(text: string, from: number, to: number): number {
  let feeds = 0
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) feeds++
  return feeds
}
