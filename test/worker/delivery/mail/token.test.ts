import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkExpiry, signFileLink, verifyFileLink } from '../../../../worker/delivery/mail/links.ts'
import { readUnsubscribeToken, unsubscribeToken } from '../../../../worker/delivery/mail/unsubscribe.ts'

const subscription = { accountId: 1, partnerId: 'żółw/../2', report: 'monthly-summary' }
const NOW = new Date('2026-11-01T06:00:00Z')
const link = { accountId: 1, statementId: 'c0ffee', name: 'p%2F1.csv', expires: linkExpiry(NOW) }

test('a token reads back what it was made of, and is fit for a path', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'grapheme' }), fc.string(), (accountId, partnerId, report) => {
      const token = unsubscribeToken('secret', { accountId, partnerId, report })
      expect(token).toMatch(/^[\w-]+\.[\w-]+$/)
      expect(readUnsubscribeToken('secret', token)).toEqual({ accountId, partnerId, report })
    }),
  )
})

test('one letter other, anywhere, is another token', () => {
  const token = unsubscribeToken('secret', subscription)
  for (let at = 0; at < token.length; at++) {
    const input = token[at] === 'A' ? 'B' : 'A'
    expect(readUnsubscribeToken('secret', token.slice(0, at) + input + token.slice(at + 1))).toBeUndefined()
  }
})

test.each([
  '',
  '.',
  'a',
  'a.b',
  'a.b.c',
  `${unsubscribeToken('secret', subscription)}=`,
  `${unsubscribeToken('secret', subscription)}.x`,
])('%j is forged', (token) => {
  expect(readUnsubscribeToken('secret', token)).toBeUndefined()
})

test('another secret or another kind of link is worth nothing', () => {
  expect(readUnsubscribeToken('other', unsubscribeToken('secret', subscription))).toBeUndefined()
  expect(readUnsubscribeToken('secret', signFileLink('secret', link))).toBeUndefined()
  expect(verifyFileLink('secret', unsubscribeToken('secret', subscription), NOW)).toBeUndefined()
})

test('a file link lives for thirty days', () => {
  const token = signFileLink('secret', link)
  expect(verifyFileLink('secret', token, new Date('2026-12-01T05:59:59Z'))).toEqual(link)
  expect(verifyFileLink('secret', token, new Date('2026-12-01T06:00:00Z'))).toBeUndefined()
})
