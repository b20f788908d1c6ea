import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAddress, parseMailbox } from '../../../db/values/address.ts'

test.each([
  ['a@x.example', 'a@x.example'],
  [' a@x.example ', 'a@x.example'],
  ['Ann.Lee+bursar@X.Example', 'Ann.Lee+bursar@x.example'],
  ['root@localhost', 'root@localhost'],
  ["o'neil_&co@x-y.example", "o'neil_&co@x-y.example"],
  ['info@münchen.example', 'info@xn--mnchen-3ya.example'],
  ['почта@пример.рф', 'почта@xn--e1afmkfd.xn--p1ai'],
])('%s is %s', (text, address) => {
  expect(parseAddress(text)).toBe(address)
})

test.each([
  '',
  'a',
  '@x.example',
  'a@',
  'a@b@x.example',
  'a@x',
  'a@x..example',
  'a@-x.example',
  'a@.example',
  'a@1.2.3.4',
  'a@[127.0.0.1]',
  'a b@x.example',
  '.a@x.example',
  'a.@x.example',
  'a..b@x.example',
  'a,b@x.example',
  'a;b@x.example',
  '<a@x.example>',
  'Ann <a@x.example>',
  '"a b"@x.example',
  'a(comment)@x.example',
  'a@x.example\r\nBcc: b@x.example',
  'a\r\nBcc: q@x.example',
  'a@x.example,b@x.example',
  'a\u0000@x.example',
  'a\u200b@x.example',
  'a\u202e@x.example',
  'a\\@x.example',
  'a:b@x.example',
  `${'a'.repeat(65)}@x.example`,
  `a@${'x'.repeat(64)}.example`,
  `a@${'x.'.repeat(130)}example`,
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined()
})

test('what passes has no character that a header or an envelope reads otherwise, and is stable', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 12 }), fc.string({ maxLength: 12 }), (local, domain) => {
      const address = parseAddress(`${local}@${domain}.example`)
      if (address === undefined) return
      expect(address).toMatch(/^[^\s\p{C}<>,;:"()[\]\\@]+@[a-z0-9.-]+$/u)
      expect(parseAddress(address)).toBe(address)
    }),
  )
})

test.each([
  ['partners@northwind.test', '', 'partners@northwind.test'],
  ['Partner Team <partners@northwind.test>', 'Partner Team', 'partners@northwind.test'],
  ['"Northwind, Inc." <partners@northwind.test>', 'Northwind, Inc.', 'partners@northwind.test'],
  [' Zespół <pomoc@żółw.test> ', 'Zespół', 'pomoc@xn--w-uga1v8h.test'],
  ['<a@x.example>', '', 'a@x.example'],
])('%s is a name and an address', (text, name, address) => {
  expect(parseMailbox(text)).toEqual({ name, address })
})

test.each([
  '',
  'nobody',
  'A <a@x.example>, B <b@x.example>',
  'A\r\nBcc: x <a@x.example>',
  'A <a@x.example',
  '"A\\" <a@x.example>',
])('%j is no mailbox', (text) => {
  expect(parseMailbox(text)).toBeUndefined()
})
