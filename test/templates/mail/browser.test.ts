import axe from 'axe-core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monthlySummary } from '../../../templates/monthly-summary/index.ts'
import { usageReconciliation } from '../../../templates/usage-reconciliation/index.ts'
import { openBrowser } from '../../support/browser.ts'
import { usageReconciliation as usage } from '../pdf/report-samples.ts'
import { monthlySummary as summary } from '../pdf/samples.ts'

let browser: Browser
let mails: Record<string, string>
beforeAll(async () => {
  browser = await openBrowser()
  const files = [{ name: 'p1.pdf', size: 34_120, sha256: 'a'.repeat(64), url: 'https://bursar.example/files/x.y' }]
  const dress = { sha256: 'c'.repeat(64), locale: 'de-DE', unsubscribeUrl: 'https://bursar.example/u/t', files }
  const changes = [{ path: `figures.commission.by_product.${'long-'.repeat(30)}`, before: null, after: '1234567.50' }]
  const account = 'Σ مؤسسة النور 株式会社 Nordwind Software & Söhne'
  const revised = summary({ account, name: 'x'.repeat(300), more: { changes, provisional: true } })
  mails = {
    revised: (await monthlySummary.mail(revised, { ...dress, brandColor: '#ffcc00' })).html,
    usage: (await usageReconciliation.mail(usage(), dress)).html,
  }
})
afterAll(() => browser.close())

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  test.each([
    ['revised', 360],
    ['revised', 700],
    ['usage', 360],
    ['usage', 700],
  ])('the %s mail at %i px fits, can be read, and fetches nothing', async (name, width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.setContent(mails[name] ?? '')
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await page.addScriptTag({ content: axe.source })
    const { violations } = (await page.evaluate(
      'axe.run({ runOnly: ["color-contrast", "link-name", "document-title", "html-has-lang"] })',
    )) as axe.AxeResults
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))).toEqual([])
    expect(requests).toEqual([])
    await page.close()
  })
})
