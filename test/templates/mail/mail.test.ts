import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { leadsTimeline } from '../../../templates/leads-timeline/index.ts'
import { licenseExport } from '../../../templates/license-export/index.ts'
import { brandColors } from '../../../templates/mail/brand.ts'
import { monthlySummary } from '../../../templates/monthly-summary/index.ts'
import { partnerLeaderboard } from '../../../templates/partner-leaderboard/index.ts'
import { pipelineAnalytics } from '../../../templates/pipeline-analytics/index.ts'
import { resellerWeekly } from '../../../templates/reseller-weekly/index.ts'
import type { MailBody, MailDress } from '../../../templates/statement.ts'
import { usageReconciliation } from '../../../templates/usage-reconciliation/index.ts'
import { withdrawalEligibility } from '../../../templates/withdrawal-eligibility/index.ts'
import * as samples from '../pdf/report-samples.ts'
import { monthlySummary as summary } from '../pdf/samples.ts'

const dress: MailDress = {
  sha256: 'c0ffee42'.repeat(8),
  locale: 'en-US',
  unsubscribeUrl: 'https://bursar.example/unsubscribe/t.t',
  files: [
    { name: 'p1.pdf', size: 34_120, sha256: 'a'.repeat(64) },
    {
      name: 'p1.csv',
      size: 12_000_000,
      rows: 120_451,
      sha256: 'b'.repeat(64),
      url: 'https://bursar.example/files/x.y',
    },
  ],
}
const { rows: _, ...head } = summary()
const exported = {
  ...head,
  report: 'license-export',
  figures: {
    licenses: 1200,
    by_status: { trial: 200, paid: 900, expired: 100 },
    by_program: { affiliate: 400, solution: 800 },
    by_product: { livechat: 1200 },
  },
}

const mails: [string, string[], () => Promise<MailBody>][] = [
  ['Monthly summary', ['$1,900.10', '+23.4%, before $980.00'], () => monthlySummary.mail(summary(), dress)],
  [
    'Reseller weekly',
    ['$310.20', '-12.5%, before $310.20'],
    () => resellerWeekly.mail(samples.resellerWeekly(), dress),
  ],
  [
    'Usage reconciliation',
    ['4,300.5', '-200.5', '$4,100.00'],
    () => usageReconciliation.mail(samples.usageReconciliation(), dress),
  ],
  [
    'Withdrawal eligibility',
    ['10 of 20 partners', '$1,000.00'],
    () => withdrawalEligibility.mail(samples.withdrawalEligibility(), dress),
  ],
  [
    'Partner leaderboard',
    ['$12,000.00', 'Partner number 0', '7 more partners'],
    () => partnerLeaderboard.mail(samples.partnerLeaderboard(), dress),
  ],
  ['Leads timeline', ['October 2026', '9 received, 5 sent'], () => leadsTimeline.mail(samples.leadsTimeline(), dress)],
  [
    'Pipeline analytics',
    ['$31,000.00', '28.6%', 'Proposal'],
    () => pipelineAnalytics.mail(samples.pipelineAnalytics(), dress),
  ],
  ['License export', ['1,200', '400 affiliate, 800 solution'], () => licenseExport.mail(exported, dress)],
]

describe.each(mails)('the mail of %s', (title, said, write) => {
  test('says the same as HTML and as text, and all of it', async () => {
    const { subject, html, text } = await write()
    expect(subject).toMatch(new RegExp(`^Acme Software: ${title} for `))
    const shown = await readable(html)
    const files = [
      'p1.pdf',
      '34,120 bytes',
      'p1.csv',
      '120,451 rows',
      '12,000,000 bytes',
      'a'.repeat(64),
      'valid for 30 days',
    ]
    for (const part of [...said, title, ...files, dress.sha256]) {
      expect(text).toContain(part)
      expect(shown).toContain(part)
    }
    for (const link of ['https://bursar.example/unsubscribe/t.t', 'https://bursar.example/files/x.y']) {
      expect(text).toContain(link)
      expect(html).toContain(`href="${link}"`)
    }
    expect(`${text}${html}`).not.toMatch(/undefined|NaN|\[object|\{\{|\}\}/)
  })

  test('fetches nothing and runs nothing', async () => {
    const { html } = await write()
    expect(html).not.toMatch(/<img|<link|<script|@import|url\(|src=|background=/i)
    const addresses = html.match(/https?:\/\/[^"'\s<)]+/g) ?? []
    expect(
      addresses.filter((address) => !/^https:\/\/bursar\.example\/|^http:\/\/www\.w3\.org\//.test(address)),
    ).toEqual([])
  })
})

test('what changed stands in the mail, and a long list says how long it is', async () => {
  const changes = [
    { path: 'figures.commission.total', before: '980.00', after: '1080.25' },
    { path: 'rows[c-1]', before: null, after: { amount: '5.00' } },
    ...Array.from({ length: 120 }, (_, at) => ({ path: `rows[c-${at + 2}].amount`, before: '1.00', after: '2.00' })),
  ]
  const statement = summary({ more: { changes, revision: 3, provisional: true } })
  const { subject, html, text } = await monthlySummary.mail(statement, dress)
  expect(subject).toContain('(revised, provisional)')
  const parts = [
    'revision 3',
    'figures.commission.total',
    '980.00',
    '1080.25',
    '{"amount":"5.00"}',
    '22 more changes; 122 in all',
  ]
  for (const part of parts) {
    expect(text).toContain(part)
    expect(await readable(html)).toContain(part)
  }
  expect(text).toMatch(/^REVISED\. .*\n\nPROVISIONAL\. /m)
})

test('without an unsubscribe link there is none, without files no list of them', async () => {
  const { html, text } = await monthlySummary.mail(summary(), { sha256: '0', locale: 'en-US', files: [] })
  expect(`${html}${text}`).not.toMatch(/unsubscribe|attached/i)
})

test('numbers are written as the reader writes them', async () => {
  const { text, subject } = await monthlySummary.mail(summary({ currency: 'BRL' }), { ...dress, locale: 'pt-BR' })
  expect(subject).toContain('outubro de 2026')
  expect(text).toMatch(/R\$\s1\.900,10/)
  expect((await monthlySummary.mail(summary(), { ...dress, locale: 'no locale!' })).text).toContain('$1,900.10')
})

test('names are never markup, and never move the text around', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('<b>', '"', '{{= it }}', '\u202e', '\n', '&amp;'),
      async (any, nasty) => {
        const name = `${any}${nasty}<i>${any}`
        const { html, text } = await monthlySummary.mail(summary({ name, account: name }), dress)
        expect(html).not.toContain('<i>')
        expect(`${html}${text}`).not.toMatch(/[\u202a-\u202e]/)
        expect(text.split('\n').length).toBe((await monthlySummary.mail(summary(), dress)).text.split('\n').length)
      },
    ),
    { numRuns: 30 },
  )
})

test('what is written on the brand colour can be read (WCAG AA)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
      const { brand, onBrand } = brandColors(`#${value.toString(16).padStart(6, '0')}`)
      const [light = 0, dark = 0] = [luminance(brand), luminance(onBrand)].sort((one, two) => two - one)
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThanOrEqual(4.5)
    }),
  )
  for (const bad of [undefined, 'red', '#fff', 'url(x)']) expect(brandColors(bad)).toEqual(brandColors(undefined))
})

/** As a mail reader shows it: tags and what is hidden in styles gone. */
async function readable(html: string): Promise<string> {
  const raw = `Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${html.replace(/<style[\s\S]*?<\/style>/g, '')}`
  return ((await PostalMime.parse(raw)).html ?? '').replace(/<[^>]+>/g, '').replace(/&quot;/g, '"')
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
