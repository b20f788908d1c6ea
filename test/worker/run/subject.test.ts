import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { subjectName } from '../../../worker/run/subject.ts'

const partner = (id: string, alike?: ReadonlySet<string>) => subjectName({ kind: 'partner', id }, alike)

describe('the name of a subject’s files', () => {
  it.each([
    ['p-7', 'p-7'],
    ['Acme_Inc.2', 'Acme_Inc.2'],
    ['a/../b', 'a%2F..%2Fb'],
    ['..', '%2E%2E'],
    ['p 8', 'p%208'],
    ['a*b?c:d|e', 'a%2Ab%3Fc%3Ad%7Ce'],
    ['ｚ-after', '%EF%BD%9A-after'],
    ['account', '%61ccount'], // the account's own
    ['Account', '%41ccount'],
    ['account.paypal', '%61ccount.paypal'],
    ['accounting', 'accounting'],
    ['funnel-1', '%66unnel-1'],
    ['funnel-x', 'funnel-x'],
    ['CON', '%43ON'], // a device on Windows, whatever the ending
    ['nul.x', '%6Eul.x'],
    ['com1', '%63om1'],
    ['console', 'console'],
  ])('of %j is %s', (id, name) => expect(partner(id)).toBe(name))

  it('of the account and a funnel', () => {
    expect(subjectName({ kind: 'account', id: 'account' })).toBe('account')
    expect(subjectName({ kind: 'funnel', id: '12' })).toBe('funnel-12')
  })

  it('is the beginning and a hash where a file system would not take it', () => {
    const id = '上海示例合作伙伴有限公司'.repeat(3)
    const hash = createHash('sha256').update(id).digest('hex').slice(0, 16)
    expect(partner(id)).toBe(`${encodeURIComponent(id.slice(0, 20))}+${hash}`)
    expect(partner('x'.repeat(200))).toBe('x'.repeat(200))
    expect(partner('x'.repeat(201))).toMatch(/^x{183}\+[0-9a-f]{16}$/)
  })

  it('tells ids apart that differ by case, where they are known to', () => {
    const alike = new Set(['Ab', 'aB', 'ab'])
    expect(['Ab', 'aB', 'ab', 'Xy'].map((id) => partner(id, alike))).toEqual(['%41b', 'a%42', 'ab', 'Xy'])
  })

  const ids = fc.uniqueArray(
    fc.oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 170 }).filter((id) => Buffer.byteLength(id) <= 512),
      fc.string({ unit: fc.constantFrom(...'aAbBcoCOnuNU.+~%1 -'), minLength: 1, maxLength: 12 }),
      fc.constantFrom('account', 'ACCOUNT', 'funnel-1', 'CON', '.', '..', 'nul', `con.${'x'.repeat(400)}`),
    ),
    { minLength: 2, maxLength: 12 },
  )

  it('is each subject’s own, even without case, and one that every system takes', () => {
    fc.assert(
      fc.property(ids, (some) => {
        const alike = new Set(some.filter((id) => some.some((o) => o !== id && lower(o) === lower(id))))
        const names = [...some.map((id) => partner(id, alike)), 'account', 'funnel-1']
        expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
        for (const name of names) {
          expect(name).toMatch(/^[A-Za-z0-9_!~'()%+-][A-Za-z0-9_.!~'()%+-]{0,199}$/)
          expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i)
        }
      }),
    )
  })
})

const lower = (id: string) => id.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
