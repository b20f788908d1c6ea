/** The first and last local date of a period's key, `YYYY-MM-DD`: no zone has to be asked for them. Undefined for what is no key. */
export function datesOfPeriod(key: string): { readonly first: string; readonly last: string } | undefined {
  if (/^\d{4}-\d{2}-\d{2}(\.\.\d{4}-\d{2}-\d{2})?$/.test(key)) return { first: key.slice(0, 10), last: key.slice(-10) }
  const [, year = '', unit = ''] = /^(\d{4})(?:-([WQ]?\d{1,2}))?$/.exec(key) ?? []
  if (!year) return undefined
  if (unit.startsWith('W')) return spanOf(mondayOf(Number(year), Number(unit.slice(1))), { days: 7 })
  const month = unit.startsWith('Q') ? Number(unit.slice(1)) * 3 - 2 : Number(unit || 1)
  const months = unit === '' ? 12 : unit.startsWith('Q') ? 3 : 1
  return spanOf(dayOf(Number(year), month, 1), { months })
}

/** 4 January is always in week 1. */
export function mondayOf(year: number, week: number): number {
  const fourth = dayOf(year, 1, 4)
  return fourth + ((week - 1) * 7 - ((new Date(fourth).getUTCDay() + 6) % 7)) * DAY
}

export const DAY = 86_400_000

/** Date.UTC reads the years 0 to 99 as of the 20th century. */
const dayOf = (year: number, month: number, day: number) => new Date(0).setUTCFullYear(year, month - 1, day)

function spanOf(first: number, { days = 0, months = 0 }: { days?: number; months?: number }) {
  const after = new Date(first + days * DAY)
  after.setUTCMonth(after.getUTCMonth() + months)
  const text = (at: number) => new Date(at).toISOString().slice(0, 10)
  return { first: text(first), last: text(after.getTime() - DAY) }
}
