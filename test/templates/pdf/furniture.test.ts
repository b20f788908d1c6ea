import { describe, expect, test } from 'vitest'
import { periodLabel } from '../../../templates/format.ts'
import { resellerWeeklyPdf } from '../../../templates/reseller-weekly/pdf.ts'
import { png } from '../../support/png.ts'
import { readPdf } from './read.ts'
import { resellerWeekly } from './report-samples.ts'
import { dress } from './samples.ts'

const WEEK_53 = 'Week 53, 2020 (December 28, 2020 – January 3, 2021)'

/** What stands in the head, which begins 58 points below the sheet's edge, and in the foot. */
async function read(key: string, { locale = 'en-US', account = 'Acme Software', withLogo = false } = {}) {
  const { period, account: own, ...statement } = resellerWeekly(1)
  const named = { ...statement, period: { ...period, key }, account: { ...own, name: account } }
  const { pages } = await readPdf(
    await resellerWeeklyPdf(named, dress({ locale, ...(withLogo && { logo: png(200, 20) }) })),
  )
  const items = pages[0]?.items ?? []
  const furniture = (from: number, to: number) =>
    items
      .filter(({ y, text }) => y > from && y < to && text.trim())
      .map(({ text, x, width }) => ({ text, x, end: x + width }))
  return { head: furniture(780, 842), foot: furniture(0, 44) }
}

describe('head and foot', () => {
  test.each(['2020-W53', '2026-09-12..2027-09-30', '2026-09'])('say %s in full, in every locale', async (key) => {
    for (const locale of 'en-GB de es pt pl ja ko ru hu'.split(' ')) {
      const { head, foot } = await read(key, { locale, account: 'Long name of a company '.repeat(9) })
      const label = periodLabel(key, locale).replace(/\s/g, '')
      const text = (some: { text: string }[]) =>
        some
          .map((one) => one.text)
          .join('')
          .replace(/\s/g, '')
      expect(text(head)).toContain(label)
      expect(text(foot)).toContain(label)
      expect(text(head)).toMatch(/Longnameof[^…]*…/)
    }
  })

  test.each([false, true])('keep the name clear of the period, logo: %s', async (withLogo) => {
    const { head } = await read('2020-W53', { account: 'Long name of a company '.repeat(9), withLogo })
    const name = head.find(({ text }) => text.startsWith('Long'))
    const period = head.find(({ text }) => text.startsWith('Week'))
    expect(period?.text).toBe(WEEK_53)
    expect((period?.x ?? 0) - (name?.end ?? 999)).toBeGreaterThan(10)
  })

  test('leave a name whole where the period leaves it room', async () => {
    const account = 'Alpha Industries International Hold'
    const { head } = await read('2026-09', { account })
    expect(head.map(({ text }) => text)).toContain(account)
  })
})
