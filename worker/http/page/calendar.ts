import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import {
  localDate,
  nextPeriod,
  type Period,
  PeriodError,
  type Place,
  parsePeriod,
  periodContaining,
  placeOf,
  previousPeriod,
} from '../../../jobs/calendar/period.ts'
import { type CalendarItem, calendarBetween } from '../../schedule/calendar.ts'
import { Refused } from '../../values/refused.ts'
import { fieldOf, linkTo } from './form.ts'
import type { PageContext } from './parts.ts'

/** `/admin/calendar`: a month's expected runs against the actual ones, day by day. */
export function registerCalendar(app: FastifyInstance, { connections, pages }: PageContext): void {
  const { db } = connections.client
  app.get('/admin/calendar', async ({ query }, reply) => {
    const now = connections.clock()
    const accounts = await listAccounts(db)
    const zone = accounts[0] ? placeOf(accounts[0]) : 'UTC'
    const month = monthOf(fieldOf(query, 'month'), zone) ?? periodContaining('month', now, zone)
    const { items, wrong } = await itemsOf(calendarBetween(db, month.from, month.to, now))
    const link = (period: Period) => linkTo('/admin/calendar', { month: period.key })
    return pages.send(reply, 'calendar', {
      title: 'Calendar',
      nav: 'calendar',
      accounts,
      month: month.key,
      days: byDay(items, zone),
      wrong,
      today: localDate(now, zone),
      before: link(previousPeriod(month)),
      after: link(nextPeriod(month)),
    })
  })
}

/** Not the calendar's first or last year: each month needs its neighbours. */
function monthOf(key: string, zone: Place): Period | undefined {
  if (!/^(19|2\d)\d\d-\d\d$/.test(key)) return undefined
  try {
    return parsePeriod(key, zone)
  } catch (error) {
    if (error instanceof PeriodError) return undefined
    throw error
  }
}

/** More than a page could show is told instead. */
async function itemsOf(asked: Promise<CalendarItem[]>): Promise<{ items: CalendarItem[]; wrong?: string }> {
  try {
    return { items: await asked }
  } catch (error) {
    if (error instanceof Refused) return { items: [], wrong: error.message }
    throw error
  }
}

function byDay(items: readonly CalendarItem[], zone: Place) {
  const days = new Map<string, CalendarItem[]>()
  for (const item of items) {
    const date = localDate(new Date(item.due_at), zone)
    days.set(date, [...(days.get(date) ?? []), item])
  }
  return [...days].map(([date, slots]) => ({ date, slots }))
}
