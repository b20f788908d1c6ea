import fc from 'fast-check'
import { expect, test } from 'vitest'
import { base64Size, splitFiles } from '../../../../worker/delivery/mail/attachments.ts'

test('the size after base64 is what base64 in lines of 76 characters takes', () => {
  fc.assert(
    fc.property(fc.nat(2000), (size) => {
      const lines =
        Buffer.alloc(size)
          .toString('base64')
          .match(/.{1,76}/g) ?? []
      expect(base64Size(size)).toBe(lines.join('\r\n').length + (size > 0 ? 2 : 0))
    }),
  )
})

test('every file is attached or linked, and the attached ones fit together', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ size: fc.nat(900) })), (files) => {
      const { attached, linked } = splitFiles(files, 1000)
      expect(new Set([...attached, ...linked])).toEqual(new Set(files))
      expect(attached.reduce((sum, { size }) => sum + base64Size(size), 0)).toBeLessThanOrEqual(1000)
    }),
  )
})
