import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { monthlySummaryPdf } from '../../../templates/monthly-summary/pdf.ts'
import { wholePdf } from '../../../templates/pdf/whole.ts'
import { dress, monthlySummary } from './samples.ts'

test('a document is the same however little a stream gives at a time (Node 26: a chunk)', async () => {
  const whole = await monthlySummaryPdf(monthlySummary(), dress())
  const read = Readable.prototype.read
  Readable.prototype.read = function (size) {
    return read.call(this, size ?? (this.readableLength > 4096 ? 4096 : undefined))
  }
  try {
    expect(Buffer.from(await monthlySummaryPdf(monthlySummary(), dress())).equals(whole)).toBe(true)
  } finally {
    Readable.prototype.read = read
  }
})

test('a file is whole from its head to its end with a page in it', async () => {
  const bytes = await monthlySummaryPdf(monthlySummary(), dress())
  expect(wholePdf(bytes)).toBe(bytes)
})

test.each([
  ['%PDF-1.7\n', 'it lacks %%EOF at its end, a page'],
  ['', 'it lacks %PDF- at its start, %%EOF at its end, a page'],
  ['%PDF-1.7\n1 0 obj<</Type /Pages /Count 0>>endobj\n%%EOF\n', 'it lacks a page'],
  ['%PDF-1.7\n1 0 obj<</Type /Page>>endobj\n', 'it lacks %%EOF at its end'],
  [`%PDF-1.7\n/Type /Pages /Type /Page\n%%EOF${' '.repeat(100)}`, 'it lacks %%EOF at its end'],
])('%j is not', (text, lack) => {
  expect(() => wholePdf(Buffer.from(text))).toThrow(`the PDF of ${text.length} bytes is not whole: ${lack}`)
})
