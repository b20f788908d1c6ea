import fc from 'fast-check'
import { expect, test } from 'vitest'
import { draftMail, type Mail } from '../../../../worker/delivery/mail/compose.ts'
import { assembleMail } from '../../../../worker/delivery/mail/mime.ts'

const mailOf = (some: Partial<Mail>): Mail => ({
  id: '0b8a7f5e-0000-4000-8000-000000000001',
  messageId: '<0b8a7f5e-0000-4000-8000-000000000001@from.example>',
  date: new Date('2026-11-01T06:00:00Z'),
  from: { name: 'Bursar', address: 'bursar@from.example' },
  to: { name: 'Ann', address: 'ann@y.example' },
  runId: 'run-1',
  body: { subject: 'A subject', text: 'Text\nof two lines', html: '<p>Text</p>' },
  attachments: [],
  ...some,
})

const same = async (some: Partial<Mail>) =>
  expect(assembleMail(draftMail(mailOf(some))).equals(await draftMail(mailOf(some)).build())).toBe(true)

test('the bytes are those of nodemailer, whatever is in the texts and files', async () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 90 }),
    fc.constantFrom('\n', '\r\n', '\r', '.', '\n.\n', ' \n', '\t', '=', 'łódź', '🚀', 'a'.repeat(75), '--', ''),
  )
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
  const file = fc.record({
    name: fc.string({ maxLength: 40 }),
    type: fc.constantFrom('application/pdf', 'text/csv; charset=utf-8'),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
      text.map((one) => Buffer.from(one)),
    ),
  })
  await fc.assert(
    fc.asyncProperty(text, text, text, fc.array(file, { maxLength: 3 }), async (subject, plain, html, attachments) => {
      await same({ body: { subject, text: plain, html }, attachments })
    }),
    { numRuns: 300 },
  )
})

test('so are those of large files, of lines without an end and of texts that end with blanks', async () => {
  const nothing = { subject: '', text: '', html: '' }
  await same({ body: nothing, attachments: [{ name: '', type: 'application/pdf', bytes: Buffer.alloc(0) }] })
  for (const size of [56, 57, 58, 114, 1_000_003]) {
    const bytes = Buffer.alloc(size, 'some bytes of a file')
    await same({ attachments: [{ name: 'p1.pdf', type: 'application/pdf', bytes }] })
  }
  await same({
    body: { subject: 'S', text: `${'a'.repeat(75)}${'𐀀'.repeat(4)}.\t`, html: `${'ż '.repeat(50_000)} \t ` },
  })
  await same({ body: { subject: 'S', text: 'x'.repeat(60_000), html: '<td>é</td>'.repeat(4_000) } })
})
