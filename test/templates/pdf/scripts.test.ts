import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { monthlySummaryPdf } from '../../../templates/monthly-summary/pdf.ts'
import { faceOf } from '../../../templates/pdf/font/faces.ts'
import { clean } from '../../../templates/pdf/text/clean.ts'
import { shapeLine } from '../../../templates/pdf/text/shape.ts'
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

  test.each([
    ['ڢ', 'alone, where fontkit knows no place for its dots'],
    ['نڢ', 'at the end of a word'],
    ['\u0628\u0615', 'a mark that its letter has no place for'],
    ['شركة ڣڥ (A\u06da)', 'within others'],
  ])('%s is drawn: %s', async (name) => {
    const { text } = await render(name)
    expect([...text.normalize('NFC')].sort().join('')).toContain([...name.normalize('NFC')][0])
    expect(text).not.toContain('\ufffd')
  })

  const letters = (...ranges: [number, number][]) =>
    fc.oneof(...ranges.map(([min, max]) => fc.integer({ min, max }).map((code) => String.fromCodePoint(code))))
  const word = fc.string({
    unit: letters([0x20, 0x52f], [0x590, 0x5ff], [0x600, 0x6ff], [0x750, 0x77f], [0x8a0, 0x8ff], [0xfb50, 0xfefc]),
    minLength: 1,
    maxLength: 8,
  })
  test('every word of every script has a width', () => {
    fc.assert(
      fc.property(word, fc.constantFrom('regular', 'bold'), (text, weight) => {
        const { width } = shapeLine(clean(text), { weight, han: 'sc' })
        expect(Number.isFinite(width)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('what the shaper cannot do is set letter beside letter', () => {
    const { font } = faceOf('arabic', 'bold')
    const layout = vi.spyOn(font, 'layout').mockImplementation(() => {
      throw new TypeError('no such anchor')
    })
    const { width, pieces } = shapeLine('بيت', { weight: 'bold', han: 'sc' })
    layout.mockRestore()
    expect(width).toBeGreaterThan(500)
    expect(pieces.flatMap((piece) => ('glyphs' in piece ? piece.glyphs : [])).map((glyph) => glyph.codePoints)).toEqual(
      [...'بيت'].reverse().map((char) => [char.codePointAt(0)]),
    )
  })

  test('what is no character is neither shown nor in the metadata, which stay XML', async () => {
    const name = 'A\ufffeB\uffffC\ufdd0D\u{1fffe}E\ud800F\u0001G&<H>'
    const bytes = await monthlySummaryPdf(monthlySummary({ name, account: name, lines: 2 }), dress())
    const { text } = await readPdf(bytes)
    expect(text).toContain('ABCDE\ufffdFG&<H>')
    const xml = /<x:xmpmeta[\s\S]*<\/x:xmpmeta>/.exec(Buffer.from(bytes).toString('utf8'))?.[0] ?? ''
    expect(xml).toContain('<rdf:li>ABCDE\ufffdFG&amp;&lt;H&gt;</rdf:li>')
    // All that XML 1.0 has.
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u)
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
