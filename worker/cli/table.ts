/** Rows as aligned columns, cut so that the whole fits the width; the first, by which a row is named, stays whole. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const spare = width - 2 * (head.length - 1) - widths.reduce((total, one) => total + one, 0)
  if (spare < 0) shrink(widths, -spare)
  return all
    .map((row) =>
      row
        .map((cell, column) => clip(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function shrink(widths: number[], excess: number): void {
  for (let left = excess; left > 0; left--) {
    const widest = widths.indexOf(Math.max(...widths.slice(1)), 1)
    if ((widths[widest] ?? 0) <= 8) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}

const clip = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text.padEnd(width)
