import { bitOf } from './given-bits.ts'
import type { Sheet } from './read/sheet.ts'
import { isFilled } from './table.ts'

/**
 * Whether the staged rows bring a cell of the column, be it empty: all of them, none, or those of which the SQL over the
 * staged row `s` is true. What no cell says anything of stays as it is.
 */
export type Given = (column: string) => boolean | string

export const givenIn =
  ({ columns, ragged }: Pick<Sheet, 'columns' | 'ragged'>): Given =>
  (name) => {
    const index = columns.findIndex((column) => column.name === name)
    const column = columns[index]
    if (!column) return false
    return ragged && !isFilled(column) ? `(s.given & ${bitOf(index)}) <> 0` : true
  }
