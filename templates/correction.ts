import { formatDate, formatMoney, periodLabel } from './format.ts'
import type { CorrectionEntry, CorrectionKind, Sealed } from './statement.ts'

/** What a statement says of the one before that it does not tie with, in the reader's notation. */
export interface CorrectionText {
  readonly title: string
  readonly text: string
  readonly heads: readonly [string, string, string, string]
  readonly rows: readonly (readonly [string, string, string, string])[]
}

type Corrected = Pick<Sealed<unknown, unknown>, 'correction' | 'currency' | 'account'>

/** Undefined where the statement ties. */
export function correctionText(
  { correction, currency, account }: Corrected,
  locale: string,
): CorrectionText | undefined {
  if (!correction) return undefined
  const money = (amount: string, of = currency) => formatMoney(amount, of, locale)
  const row = ({ what, key, before, after, changed_at, ...entry }: CorrectionEntry) =>
    [
      key === null ? WHAT[what] : `${WHAT[what]}: ${key}`,
      before === null ? NOTHING : money(before, entry.currency),
      after === null ? NOTHING : money(after, entry.currency),
      changed_at === null ? NOTHING : formatDate(changed_at, account.time_zone, locale),
    ] as const
  const { period, revision, closing, opening, difference } = correction
  return {
    title: 'Correction',
    text:
      `The statement for ${periodLabel(period, locale)} (revision ${revision}) closed with a balance of ${money(closing)}. ` +
      `This one opens with ${money(opening)}, a difference of ${money(difference)}, because facts of that time have changed since.`,
    heads: ['What changed', 'Counted then', 'Counts now', 'Changed on'],
    rows: correction.entries.map(row),
  }
}

const NOTHING = '–'

const WHAT: Readonly<Record<CorrectionKind, string>> = {
  commission_changed: 'Commission with another amount',
  commission_redated: 'Commission with another date',
  commission_moved_away: 'Commission that went to another partner',
  commission_moved_here: 'Commission that came from another partner',
  commission_voided: 'Commission taken back',
  commission_restored: 'Commission put back',
  commission_late: 'Commission that came in late',
  withdrawal_changed: 'Withdrawal with another amount',
  withdrawal_redated: 'Withdrawal with another date',
  withdrawal_moved_away: 'Withdrawal that went to another partner',
  withdrawal_moved_here: 'Withdrawal that came from another partner',
  withdrawal_voided: 'Withdrawal taken back',
  withdrawal_restored: 'Withdrawal put back',
  withdrawal_rejected: 'Withdrawal rejected',
  withdrawal_reopened: 'Withdrawal no longer rejected',
  other: 'Other facts of earlier periods',
}
