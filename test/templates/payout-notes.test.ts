import { describe, expect, test } from 'vitest'
import { withdrawalEligibility as template } from '../../templates/withdrawal-eligibility/index.ts'
import type { EligibilityRow } from '../../templates/withdrawal-eligibility/view.ts'
import { readPdf } from './pdf/read.ts'
import { withdrawalEligibility as sample } from './pdf/report-samples.ts'
import { dress } from './pdf/samples.ts'

const statement = (currency: string, ...some: Partial<EligibilityRow>[]) => {
  const { rows: [row] = [], ...head } = sample(1)
  const rows = some.map((one) => ({ ...(row as EligibilityRow), currency, eligible: true, paypal: 'a@b.test', ...one }))
  return { ...head, currency, rows }
}

describe('what the payout file leaves out is said in the mail and on paper', () => {
  test.each([
    [
      'HUF',
      [{ available: '12345.67' }, { available: '0.67' }],
      'PayPal takes no decimals of HUF, so it pays HUF 12,345; what is less than one HUF stays available.',
    ],
    ['KWD', [{ available: '1.234' }], 'there is none, because PayPal pays out no KWD.'],
    [
      'USD',
      [{ available: '1.00' }, { withdrawal_since: true as const }],
      'one eligible partner is left out for a withdrawal since then; the file would pay it twice.',
    ],
  ])('%s', async (currency, rows, sentence) => {
    const one = statement(currency, ...rows)
    const { text, html } = await template.mail(one, { ...dress(), files: [] })
    const plain = (some: string) => some.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' ')
    expect(plain(text)).toContain(sentence)
    expect(plain(html)).toContain(sentence)
    const pdf = await template.pdf?.(one, dress())
    expect(plain((await readPdf(pdf ?? new Uint8Array())).text)).toContain(sentence)
  })

  test('nothing is said where it leaves out nothing', async () => {
    const { text } = await template.mail(statement('USD', { available: '1.00' }), { ...dress(), files: [] })
    expect(text).not.toContain('PayPal')
  })
})
