import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { monthlySummaryPdf } from '../../../templates/monthly-summary/pdf.ts'
import { readPdf } from './read.ts'
import { commissionLines, dress, monthlySummary } from './samples.ts'

const render = async (name: string, locale = 'en-US') =>
  readPdf(await monthlySummaryPdf(monthlySummary({ name, lines: 2 }), dress({ locale })))

describe('names in every script', () => {
  test.each([
    ['Latin', 'Łódź Ærøskøbing Ţîșă Nguyễn'],
    ['Greek', 'Ελληνική Εταιρεία'],
    ['Cyrillic', 'Общество Ёлка Їжак'],
    ['Simplified Chinese', '北京软件有限公司'],
    ['Japanese', '株式会社さくらコンサルティング'],
    ['Korean', '서울소프트웨어'],
    ['Arabic', 'شركة النور للتجارة'],
    ['Arabic with vowels', 'مَرحَبًا'],
    ['Arabic letters of one shape', 'بيت نبيت تثن'],
    ['Persian', 'پژمان گچساران'],
    ['Hebrew', 'חברת תוכנה ירושלים'],
    ['emoji', '🚀🎉'],
    ['a script without a face', 'ไทย'],
  ])('%s can be found', async (_script, name) => {
    const { text, info } = await render(name)
    expect(text).toContain(name)
    expect(info.Title).toContain(name)
  })

  test('a bracketed word in a right-to-left name keeps its brackets round it', async () => {
    const { text } = await render('شركة (القاهرة)')
    expect(text).toContain('شركة (القاهرة)')
  })

  test('words of several directions stand in the order they are read', async () => {
    const { pages } = await render('Acme שלום Ltd')
    const xOf = (word: string) => pages[0]?.items.find((item) => item.text.includes(word))?.x ?? Number.NaN
    expect(xOf('Acme')).toBeLessThan(xOf('שלום'))
    expect(xOf('שלום')).toBeLessThan(xOf('Ltd'))
  })

  test('an override in a name does not turn the name round', async () => {
    const { text, info } = await render('Inv\u202eoice\u202c \u2067Ltd\u2069')
    expect(text).toContain('Invoice Ltd')
    expect(info.Title).toContain('Invoice Ltd')
  })

  test('control characters are not shown, halves of characters are', async () => {
    const { text } = await render('A\u0000B\u0007C\nD\ud800E')
    expect(text).toContain('ABC D\ufffdE')
  })
})

describe('texts that do not fit', () => {
  const width = 595.28
  const margins = async (name: string, more: object = {}) => {
    const rows = commissionLines(3, 'USD', more)
    const { pages } = await readPdf(await monthlySummaryPdf(monthlySummary({ name, account: name, rows }), dress()))
    return pages.flatMap((page) => page.items).filter((item) => item.text.trim() !== '')
  }

  test.each(['W'.repeat(300), '字'.repeat(300), 'ש'.repeat(300), '🚀'.repeat(150), 'a b '.repeat(200)])(
    '%.12s… stays on the page',
    async (long) => {
      for (const item of await margins(long, { license_id: long, product: long, commission_id: long })) {
        expect(item.x).toBeGreaterThan(41)
        expect(item.x + item.width).toBeLessThan(width - 41)
      }
    },
  )

  test('an amount is never cut', async () => {
    const amount = '-123456789012345.67'
    const { text } = await readPdf(
      await monthlySummaryPdf(monthlySummary({ rows: commissionLines(2, 'USD', { amount }) }), dress()),
    )
    expect(text).toContain('-$123,456,789,012,345.67')
    expect(text).toContain('-$246,913,578,024,691.34')
  })

  test('whatever a name holds, there is a page and it stays inside its margins', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (name) => {
        for (const item of await margins(name, { product: name })) {
          expect(item.x + item.width).toBeLessThan(width - 30)
        }
      }),
      { numRuns: 30 },
    )
  })

  const naughty = new URL('../../../../shared/data/bad-input/naughty-strings.json', import.meta.url)
  test.runIf(existsSync(naughty))('strings that break programs do not break this one', async () => {
    const strings: string[] = JSON.parse(readFileSync(naughty, 'utf8'))
    const rows = commissionLines(strings.length).map((row, i) => ({ ...row, product: strings[i] ?? '' }))
    const { pages } = await readPdf(await monthlySummaryPdf(monthlySummary({ rows }), dress()))
    expect(pages.at(-1)?.text).toContain(`Total of ${rows.length} lines`)
  })
})
