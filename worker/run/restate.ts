import type { Untied } from '../../db/ledger/statements/untied.ts'

type Run = { readonly report: string; readonly account_id: number }

/** What puts a neighbouring period right, as it is typed. */
export const restateCommand = ({ report, account_id }: Run, period: string): string =>
  `bursar run ${report} --period ${period}${account_id === 1 ? '' : ` --account ${account_id}`}`

/** "2 statements do not tie with 2026-10 (anna, bert); restate it: bursar run …". */
export function untiedLine(run: Run, { period, count, subjects }: Untied): string {
  const others = count > subjects.length ? ` and ${count - subjects.length} more` : ''
  const what = count === 1 ? '1 statement does' : `${count} statements do`
  return `${what} not tie with ${period} (${subjects.join(', ')}${others}); restate it: ${restateCommand(run, period)}`
}
