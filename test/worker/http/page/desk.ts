import { openBrowser } from '../../../support/browser.ts'
import { ADMIN_TOKEN } from '../serve.ts'
import { openPage } from './open.ts'

export type Desk = Awaited<ReturnType<typeof openDesk>>

/** The page with a real browser in front of it. `complaints`: what the browser did not like, and what it asked of others. */
export async function openDesk() {
  const [page, browser] = await Promise.all([openPage(), openBrowser()])
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const tab = await context.newPage()
  const complaints: string[] = []
  tab.on('pageerror', (error) => complaints.push(`${tab.url()} ${error.message}`))
  tab.on('console', (line) => {
    if (line.type() === 'error' || /htmx/.test(line.text())) complaints.push(`${tab.url()} ${line.text()}`)
  })
  tab.on('request', (request) => {
    if (!request.url().startsWith(page.address)) complaints.push(`asked for ${request.url()}`)
  })
  const go = (path: string) => tab.goto(page.address + path)
  const signIn = async () => {
    await tab.getByLabel('Admin key').fill(ADMIN_TOKEN)
    await tab.getByRole('button', { name: 'Sign in' }).click()
  }
  const close = async () => {
    await browser.close()
    await page.close()
  }
  return { page, browser, context, tab, complaints, go, signIn, close }
}
