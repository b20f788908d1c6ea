import { describe, expect, test } from 'vitest'
import { monthlySummary as template } from '../../templates/monthly-summary/index.ts'
import { short } from '../../templates/short.ts'
import { composeMail } from '../../worker/delivery/mail/compose.ts'
import { readPdf } from './pdf/read.ts'
import { dress, monthlySummary } from './pdf/samples.ts'

describe('a long name', () => {
  test.each([
    ['Acme', 'Acme'],
    ['x'.repeat(120), 'x'.repeat(120)],
    ['x'.repeat(121), `${'x'.repeat(119)}…`],
    ['🏳️‍🌈'.repeat(5000), `${'🏳️‍🌈'.repeat(119)}…`],
    ['🏳️‍🌈'.repeat(100), '🏳️‍🌈'.repeat(100)],
  ])('is known by its beginning, letters whole', (name, known) => expect(short(name)).toBe(known))

  test('of one letter under marks without end is short too', () => {
    expect(short(`a${'\u0301'.repeat(5000)}`).length).toBeLessThan(130)
  })

  test('stays out of subject, headers and the title of the PDF, and the mail is whole', async () => {
    const name = 'A very long name of a company '.repeat(170)
    const statement = monthlySummary({ name, account: name })
    const body = await template.mail(statement, { ...dress(), files: [] })
    expect(body.subject.length).toBeLessThan(200)
    expect(body.text.length).toBeLessThan(10_000)
    const raw = composeMail({
      id: 'd',
      messageId: '<d@b.test>',
      date: new Date(0),
      from: { name, address: 'a@b.test' },
      to: { name, address: 'c@d.test' },
      runId: 'r',
      body,
      attachments: [],
    }).toString('latin1')
    const head = raw.slice(0, raw.indexOf('\r\n\r\n'))
    expect(head.length).toBeLessThan(1500)
    expect(Math.max(...head.split('\r\n').map((line) => line.length))).toBeLessThan(79)
    const pdf = await template.pdf?.(statement, dress())
    expect(String((await readPdf(pdf ?? new Uint8Array())).info.Title).length).toBeLessThan(200)
  })
})
