import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, openDesk } from './desk.ts'
import { finishedRun, NAUGHTY, signIn } from './open.ts'

let desk: Desk
beforeAll(async () => {
  desk = await openDesk()
  await finishedRun(desk.page, await signIn(desk.page))
  await desk.go('/admin/')
  await desk.signIn()
})
afterAll(() => desk.close())

describe('every page', () => {
  const paths = async () => {
    const run = await desk.page.db.selectFrom('runs').select('id').where('revision', '=', 1).executeTakeFirstOrThrow()
    const statement = await desk.page.db
      .selectFrom('statements')
      .select('id')
      .where('subject_id', '=', NAUGHTY)
      .where('sealed', 'is not', null)
      .executeTakeFirstOrThrow()
    const asked = `report=monthly-summary&account_id=1&period=2026-10&mail=1`
    return [
      ...['', 'runs', 'runs/new', 'runs/new?report=monthly-summary', `runs/check?${asked}`, `preview?${asked}`],
      ...[`runs/${run.id}`, `statements/${statement.id}`, 'deliveries', 'schedules', 'schedules/1/monthly-summary'],
      ...['calendar', 'boundaries', 'suppressions', 'activity'],
    ]
  }

  it('fits 360 and 1280 px in light and dark, with nothing that axe calls serious, and runs nothing out of a name', async () => {
    const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    for (const path of await paths()) {
      await desk.go(`/admin/${path}`)
      for (const [width, colorScheme] of LOOKS) {
        await desk.tab.setViewportSize({ width, height: 900 })
        await desk.tab.emulateMedia({ colorScheme })
        expect(await desk.tab.evaluate('document.documentElement.scrollWidth'), `${path} at ${width}`).toBe(width)
        const { violations, passes } = (await desk.tab.evaluate(`${axe};axe.run(${AXE})`)) as AxeResult
        const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        const told = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
        expect(told, `${path} at ${width}, ${colorScheme}`).toEqual([])
        expect(passes.map(({ id }) => id)).toContain('color-contrast')
      }
      expect(await desk.tab.evaluate('window.bitten'), path).toBeUndefined()
    }
  }, 180_000)
})

it('runs nothing even where something were let into a page', async () => {
  await desk.go('/admin/runs')
  await desk.tab.evaluate(
    `document.body.insertAdjacentHTML('beforeend', '<img id="foot" src="data:," onerror="window.bitten=1">')`,
  )
  await desk.tab
    .locator('#foot')
    .evaluate('(image) => image.complete || new Promise((done) => image.addEventListener("error", done))')
  expect(await desk.tab.evaluate('window.bitten')).toBeUndefined()
  await desk.tab.evaluate(
    `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.bitten=1' }))`,
  )
  expect(await desk.tab.evaluate('window.bitten')).toBeUndefined()
})

const LOOKS = [
  [1280, 'light'],
  [360, 'dark'],
] as const

/** Documents in frames are others' pages: the mail has tests of its own, the PDF is the browser's. */
const AXE = JSON.stringify({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'], iframes: false })

interface AxeResult {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string | null
    readonly nodes: readonly { readonly html: string }[]
  }[]
  readonly passes: readonly { readonly id: string }[]
}
