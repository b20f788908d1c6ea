import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { payPalReceiver } from '../../../db/values/paypal.ts'

test.each([
  ['pay@a.test', 'pay@a.test'],
  [' Pay.Me+x@Sub.A.test ', 'Pay.Me+x@sub.a.test'],
  ['+3612345678', '+3612345678'],
  ['+1 (512) 555-0123', '+15125550123'],
  ['QTNJGZ2RFK9QN', 'QTNJGZ2RFK9QN'],
])('%j is paid as %s', (text, receiver) => expect(payPalReceiver(text)).toBe(receiver))

test.each([
  'n/a',
  '',
  '-',
  'none',
  'pay@c.test; office@c.test',
  'pay@c.test,office@c.test',
  'A <a@b.test>',
  'paypal.me/acme',
  'https://paypal.me/acme',
  'pay@localhost',
  'pay@',
  `${'x'.repeat(64)}@${'y'.repeat(60)}.test`,
  'żółw@a.test',
  '12345678',
  '+0123456789',
  '+12',
  'QTNJGZRFKQNAB',
  'a@b.test\r\nc@d.test',
  'pay@a.test\u200b',
])('%j is nobody', (text) => expect(payPalReceiver(text)).toBeUndefined())

test('every mail address that a partner may enter is one, up to what PayPal takes', () => {
  const entered = z.email()
  fc.assert(
    fc.property(fc.emailAddress({ size: 'small' }), (address) => {
      fc.pre(entered.safeParse(address).success && address.length <= 127)
      expect(payPalReceiver(address)?.toLowerCase()).toBe(address.toLowerCase())
    }),
  )
})
