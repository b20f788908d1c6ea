import { textOf } from '../read/bytes.ts'
import type { CsvRow } from '../read/csv.ts'
import type { Column, FactTable } from '../table.ts'

const SHOWN = 3
const VALUE_LENGTH = 60

/** Looks for cells that are good but worth a warning, and tells of them by column: how many, and the first. */
export function doubtsIn(table: FactTable, columns: readonly Column[]) {
  const found = columns.flatMap(({ name, type: { doubt } }, index) =>
    doubt ? { name, index, ...doubt, count: 0, first: [] as string[] } : [],
  )
  return {
    look({ line, cells }: CsvRow): void {
      for (const one of found) {
        const cell = cells[one.index] ?? ''
        if (cell === '' || !one.isIn(cell)) continue
        one.count++
        if (one.first.length < SHOWN) one.first.push(`${shown(cell)} (line ${line})`)
      }
    },
    warnings: (): string[] =>
      found
        .filter(({ count }) => count > 0)
        .map(({ name, called, count, first }) => {
          const more = count > first.length ? ', …' : ''
          const cells = count === 1 ? `1 cell of \`${name}\` is` : `${count} cells of \`${name}\` are`
          return `${table.name}: ${cells} ${called}: ${first.join(', ')}${more}`
        }),
  }
}

function shown(cell: string): string {
  const text = textOf(cell)
  return JSON.stringify(text.length > VALUE_LENGTH ? `${text.slice(0, VALUE_LENGTH)}…` : text)
}
