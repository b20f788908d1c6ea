import type { Run } from '../../db/ledger/runs/runs.ts'
import { type Period, travelledPeriod } from '../../jobs/calendar/period.ts'

/** The period of a run as it stands on the ledger: whoever computes it may know the zone's rules better or worse. */
export const periodOf = (run: Run): Period =>
  travelledPeriod({ key: run.period, timeZone: run.time_zone, from: run.period_from, to: run.period_to })
