import { createHash, createVerify, generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { expect, test } from 'vitest'
import { composeMail, type Mail, readdress, signMail } from '../../../../worker/delivery/mail/compose.ts'

const mailOf = (some: Partial<Mail> = {}): Mail => ({
  id: '0b8a7f5e-0000-4000-8000-000000000001',
  messageId: '<0b8a7f5e-0000-4000-8000-000000000001@from.example>',
  date: new Date('2026-11-01T06:00:00Z'),
  from: { name: 'Bursar', address: 'bursar@from.example' },
  to: { name: 'Ann', address: 'ann@y.example' },
  runId: 'run-1',
  unsubscribeUrl: 'https://bursar.example/unsubscribe/token',
  body: { subject: 'A subject', text: 'Text\nof two lines', html: '<p>Text</p>' },
  attachments: [{ name: 'p1.csv', type: 'text/csv; charset=utf-8', bytes: Buffer.from('\ufeffa,b\r\n') }],
  ...some,
})

const NAMES = [
  'Auto-Submitted',
  'X-Bursar-Run',
  'List-Unsubscribe',
  'List-Unsubscribe-Post',
  'From',
  'To',
  'Subject',
  'Message-ID',
  'Date',
  'MIME-Version',
  'Content-Type',
].map((name) => name.toLowerCase())
const headOf = (raw: Buffer) => raw.subarray(0, raw.indexOf('\r\n\r\n')).toString('latin1')
const fieldsOf = (raw: Buffer) => headOf(raw).split(/\r\n(?![ \t])/)

test('the same mail gives the same bytes, every line ended by CRLF', async () => {
  const [one, two] = [await composeMail(mailOf()), await composeMail(mailOf())]
  expect(one).toEqual(two)
  expect(one.toString('latin1')).not.toMatch(/[^\r]\n|\r[^\n]/)
})

test('no name, subject or file name from facts adds a header, a recipient or a part', async () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.constantFrom(
      'x\r\nBcc: q@evil.example',
      'x\n\n<b>',
      '"Ann" <q@evil.example>, Eve',
      'a: b;\u0000\u2028Bcc: q@z.example',
      '=?utf-8?q?x?=',
    ),
  )
  await fc.assert(
    fc.asyncProperty(nasty, nasty, nasty, async (name, subject, file) => {
      const bytes = Buffer.from('bytes')
      const attachments = [{ name: file, type: 'application/pdf', bytes }]
      const raw = await composeMail(
        mailOf({
          to: { name, address: 'ann@y.example' },
          body: { subject: `S ${subject}`, text: 'T', html: '<p>' },
          attachments,
        }),
      )
      expect(
        fieldsOf(raw)
          .map((field) => field.slice(0, field.indexOf(':')).toLowerCase())
          .sort(),
      ).toEqual([...NAMES].sort())
      const mail = await PostalMime.parse(raw)
      expect(mail.to?.map(({ address }) => address)).toEqual(['ann@y.example'])
      expect(mail.attachments).toHaveLength(1)
      expect(mail.text?.trim()).toBe('T')
    }),
    { numRuns: 60 },
  )
})

test('names and subjects of every script read back as they were', async () => {
  const name = 'Zażółć 株式会社 مؤسسة Ελλάδα 🚀'
  const raw = await composeMail(
    mailOf({ to: { name, address: 'ann@y.example' }, body: { subject: name, text: name, html: name } }),
  )
  expect(await PostalMime.parse(raw)).toMatchObject({
    to: [{ name }],
    subject: name,
    text: name,
    html: expect.stringContaining(name),
  })
  expect(headOf(raw)).toMatch(/^[\x20-\x7e\r\n]*$/)
})

test('a long unsubscribe link stays in one piece', async () => {
  const unsubscribeUrl = `https://bursar.example/unsubscribe/${'a'.repeat(700)}`
  const { headers } = await PostalMime.parse(await composeMail(mailOf({ unsubscribeUrl })))
  expect(headers.find(({ key }) => key === 'list-unsubscribe')?.value).toBe(`<${unsubscribeUrl}>`)
})

test('readdressing changes To, Message-ID and Date, and drops the signature', async () => {
  const { privateKey } = rsa()
  const first = await signMail(
    await composeMail(mailOf({ to: { name: 'x'.repeat(300), address: 'ann@y.example' } })),
    keyOf(privateKey),
  )
  const again = readdress(first, {
    to: 'me@owner.example',
    messageId: '<new@from.example>',
    date: new Date('2026-12-01T00:00:00Z'),
  })
  const plain = await composeMail(
    mailOf({
      to: { name: '', address: 'me@owner.example' },
      messageId: '<new@from.example>',
      date: new Date('2026-12-01T00:00:00Z'),
    }),
  )
  expect(again).toEqual(plain)
})

test('DKIM signs the unsubscribe headers too, and the signature holds', async () => {
  const { privateKey, publicKey } = rsa()
  const raw = await signMail(await composeMail(mailOf()), keyOf(privateKey))
  const signature = fieldsOf(raw)[0] ?? ''
  const tags = new Map(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).replace(/\s/g, '')]),
  )
  const signed = tags.get('h')?.split(':') ?? []
  for (const name of ['list-unsubscribe', 'list-unsubscribe-post', 'auto-submitted', 'message-id', 'to', 'from'])
    expect(signed).toContain(name)
  expect([tags.get('d'), tags.get('s')]).toEqual(['from.example', 'mail'])

  const body = raw
    .subarray(raw.indexOf('\r\n\r\n') + 4)
    .toString('latin1')
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(\r\n)*$/, '\r\n')
  expect(tags.get('bh')).toBe(createHash('sha256').update(body, 'latin1').digest('base64'))
  const relaxed = (field: string) =>
    `${field.slice(0, field.indexOf(':')).toLowerCase()}:${field
      .slice(field.indexOf(':') + 1)
      .replace(/\r\n/g, '')
      .replace(/[ \t]+/g, ' ')
      .trim()}`
  const fields = new Map(fieldsOf(raw).map((field) => [relaxed(field).split(':')[0], relaxed(field)]))
  const said = [...signed.map((name) => fields.get(name)), relaxed(signature.replace(/b=[^;]*$/, 'b='))].join('\r\n')
  expect(
    createVerify('RSA-SHA256')
      .update(said, 'latin1')
      .verify(publicKey, tags.get('b') ?? '', 'base64'),
  ).toBe(true)
})

test('a key that cannot sign sends nothing unsigned', async () => {
  await expect(signMail(await composeMail(mailOf()), keyOf('no key'))).rejects.toThrow('mail._domainkey.from.example')
})

const keyOf = (key: string) => ({ domain: 'from.example', selector: 'mail', key })
const rsa = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
