import type { Browser, BrowserContext, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertRun } from '../../../support/ledger.ts'
import { until } from '../../../support/until.ts'
import { type Desk, openDesk } from './desk.ts'
import { type Page, REFUSED } from './open.ts'

let desk: Desk
let page: Page
let browser: Browser
let context: BrowserContext
let tab: Tab
let complaints: string[]
let go: Desk['go']
let signIn: Desk['signIn']
beforeAll(async () => {
  desk = await openDesk()
  ;({ page, browser, context, tab, complaints, go, signIn } = desk)
})
afterAll(() => desk.close())

const main = () => tab.locator('main')

describe('a day at the page', () => {
  it('lets somebody in with the admin key and says what to do first', async () => {
    await go('/admin/runs')
    await tab.getByLabel('Admin key').fill('not the key')
    await tab.getByRole('button', { name: 'Sign in' }).click()
    await tab.getByRole('alert').waitFor()
    await signIn()
    await tab.getByRole('heading', { name: 'Runs' }).waitFor()
    expect(new URL(tab.url()).pathname).toBe('/admin/runs')
    expect(await main().innerText()).toContain('Nothing has run yet.')
    complaints.length = 0 // the browser tells of the refused login
  })

  it('shows what a run would do, previews one statement, starts it, and follows it to its end by itself', async () => {
    await tab.getByRole('link', { name: 'Start a run' }).first().click()
    await tab.getByRole('link', { name: 'Monthly summary' }).click()
    await tab.getByLabel('Period', { exact: true }).selectOption('2026-10')
    await tab.getByRole('button', { name: 'See what it would do' }).click()
    await tab.getByRole('link', { name: 'Preview for Anna & Söhne' }).click()
    expect(await main().innerText()).toContain('12.34')
    await tab.frameLocator('iframe[title="The mail"]').getByText('Anna & Söhne').first().waitFor()
    await tab.getByRole('link', { name: 'Back' }).click()
    await tab.getByRole('button', { name: 'Start and send 3 mails' }).dblclick()
    await tab.waitForURL(/\/admin\/runs\/[0-9a-f-]{36}/)
    await tab.locator('#live').getByText('Partly failed').waitFor()
    await tab.locator('#rows').getByRole('link', { name: 'Anna & Söhne' }).waitFor()
    expect(await page.db.selectFrom('runs').select('id').execute()).toHaveLength(1)
  })

  it('finds the delivery that failed, and why', async () => {
    await tab.getByLabel('Outcome').selectOption('failed')
    await tab.getByRole('button', { name: 'Show' }).click()
    const links = tab.locator('#rows').getByRole('link')
    expect(await links.allInnerTexts()).toEqual(['Gone Ltd'])
    await links.click()
    const row = tab.getByRole('row', { name: REFUSED })
    expect(await row.innerText()).toMatch(/Failed[\s\S]*550 5\.1\.1 no such mailbox/)
    await row.getByText('1 attempt').click()
    await go('/admin/deliveries?status=failed')
    expect(await main().innerText()).toContain('no such mailbox')
  })

  it('opens the PDF of a statement and sends it again, to the partner and to me', async () => {
    await go('/admin/runs')
    await main().getByRole('link', { name: 'Monthly summary' }).click()
    await tab.getByRole('link', { name: 'Anna & Söhne' }).click()
    const pdf = await tab.getByRole('link', { name: 'Open the PDF' }).getAttribute('href')
    const file = await context.request.get(page.address + pdf)
    expect((await file.body()).subarray(0, 5).toString()).toBe('%PDF-')
    await tab.frameLocator('iframe[title="The mail"]').getByText('Anna & Söhne').first().waitFor()
    const before = page.mail.messages.length
    await tab.getByRole('button', { name: 'Send again to anna@partner.test' }).dblclick()
    await tab.getByRole('status').getByText('A new delivery').waitFor()
    await tab.getByLabel('Send a copy to me').fill('me@finance.test')
    await tab.getByRole('button', { name: 'Send to me' }).click()
    await tab.getByRole('row', { name: 'me@finance.test' }).waitFor()
    await until(() => page.mail.messages.length === before + 2, 'two mails')
    expect(await tab.getByLabel('Send a copy to me').inputValue()).toBe('me@finance.test')
  })

  it('changes a schedule, with what was wrong beside what was typed', async () => {
    await tab.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Schedules' }).click()
    await tab.getByRole('link', { name: 'Change Monthly summary' }).click()
    await tab.getByLabel('Cron line').fill('each morning')
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('alert').waitFor()
    expect(await tab.getByLabel('Cron line').inputValue()).toBe('each morning')
    await tab.getByLabel('Cron line').fill('30 5 2 * *')
    await tab.getByRole('button', { name: 'Save' }).click()
    await tab.getByRole('row', { name: /Monthly summary.*30 5 2 \* \*/ }).waitFor()
    complaints.length = 0 // the browser tells of the 400
  })

  it('frees a suppressed address and retries the run', async () => {
    await tab.getByRole('link', { name: 'Suppressions' }).click()
    await tab.getByRole('button', { name: `Delete the suppression of ${REFUSED}` }).click()
    await main().getByText('No address is suppressed.').waitFor()
    await go('/admin/')
    await main().getByRole('link', { name: 'Monthly summary' }).first().click()
    await tab.getByRole('button', { name: 'Retry what failed' }).click()
    await tab.getByRole('status').getByText('What failed is being tried again').waitFor()
  })

  it('keeps the keyboard where it is while a run goes on, and shows its end by itself', async () => {
    const run = await insertRun(page.db, { period: '2026-09', status: 'delivering' })
    await go(`/admin/runs/${run.id}`)
    const cancel = tab.getByRole('link', { name: 'Cancel…' })
    await cancel.focus()
    for (let looks = 0; looks < 2; looks++) await tab.waitForResponse((answer) => answer.url().includes(run.id))
    expect(await tab.evaluate('document.activeElement?.textContent')).toBe('Cancel…')
    await page.db.updateTable('runs').set({ status: 'succeeded' }).where('id', '=', run.id).execute()
    await tab.locator('#live').getByText('Succeeded').waitFor()
    await tab.locator('#live[hx-get]').waitFor({ state: 'detached' })
  })

  it('says what a cancel stops before it cancels', async () => {
    const run = await insertRun(page.db, { period: '2026-08', status: 'delivering' })
    await go(`/admin/runs/${run.id}`)
    await tab.getByRole('link', { name: 'Cancel…' }).click()
    expect(await main().innerText()).toMatch(/This stops[\s\S]*0 mails[\s\S]*This stays/)
    await tab.getByRole('button', { name: 'Cancel the run' }).click()
    await tab.locator('#live').getByText('Cancelled').waitFor()
  })

  it('goes the main path with the keyboard alone', async () => {
    const press = async (key: string, times = 1) => {
      for (let at = 0; at < times; at++) await tab.keyboard.press(key)
    }
    const tabTo = async (name: string) => {
      for (let tries = 0; tries < 60; tries++) {
        await press('Tab')
        const focused = await tab.evaluate('document.activeElement?.textContent?.trim()')
        if (focused === name) return
      }
      throw new Error(`the keyboard does not reach ${name}`)
    }
    await go('/admin/')
    await press('Tab')
    expect(await tab.evaluate('document.activeElement?.textContent')).toBe('Skip to the content')
    await press('Enter')
    await tabTo('Start a run')
    const outline = await tab.evaluate('getComputedStyle(document.activeElement).outlineStyle')
    expect(outline).toBe('solid')
    await press('Enter')
    await tab.getByText('Which report?').waitFor()
    await tabTo('Monthly summary')
    await press('Enter')
    await tab.getByLabel('Or another period').waitFor()
    await tabTo('See what it would do')
    await press('Enter')
    await tab.getByText('What it would do now').waitFor()
    await tabTo('Start the run')
    await press('Enter')
    await tab
      .locator('#live')
      .getByText(/Succeeded|Partly failed/)
      .waitFor()
  })

  it('works without JavaScript', async () => {
    const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })
    const other = await plain.newPage()
    await other.goto(`${page.address}/admin/runs/new?report=monthly-summary`)
    await other.getByLabel('Or another period').fill('2026-W42')
    await other.getByRole('button', { name: 'See what it would do' }).click()
    await other.getByRole('button', { name: 'Start' }).click()
    await other.waitForURL(/\/admin\/runs\/[0-9a-f-]{36}/)
    await plain.close()
  })

  it('has asked nothing of others and has broken no policy of its own', () => {
    expect(complaints).toEqual([])
  })

  it('ends with signing out', async () => {
    await go('/admin/')
    await tab.getByRole('button', { name: 'Sign out' }).click()
    await tab.getByRole('heading', { name: 'Sign in' }).waitFor()
    await go('/admin/activity')
    expect(new URL(tab.url()).pathname).toBe('/admin/login')
  })
})
