import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

async function schedule(...args: string[]) {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += String(chunk)
        done()
      },
    })
  const code = await runCommandLine(['schedule', ...args], {
    env: { DATABASE_URL: database.url, SECRET: 'a-secret-of-this-test' },
    stdout: into('out'),
    stderr: into('err'),
    clock: () => new Date('2026-11-20T12:00:00Z'),
    stopping: new AbortController().signal,
  })
  return { code, ...said, json: () => JSON.parse(said.out) }
}
const list = async () => (await schedule('list', '--json')).json()

describe('schedule list', () => {
  it('shows every schedule with its next five occurrences', async () => {
    const [leaderboard] = (await list()).filter((one: { report: string }) => one.report === 'monthly-summary')
    expect(leaderboard).toMatchObject({ account_id: 1, cron: '0 6 1 * *', timezone: 'UTC', enabled: true })
    expect(leaderboard.next).toEqual(
      [1, 2, 3, 4, 5].map((n) => `${n === 1 ? '2026-12' : `2027-0${n - 1}`}-01T06:00:00Z`),
    )
    const { code, out } = await schedule('list')
    expect(code).toBe(0)
    expect(out).toContain('2027-04-01T06:00:00Z')
  })
})

describe('schedule set', () => {
  it('changes what it is told to, and shows it', async () => {
    const options = ['--cron', '30 5 12 * *', '--timezone', 'Asia/Tokyo', '--recipients', 'a@b.example, c@d.example']
    const { code, json } = await schedule('set', 'partner-leaderboard', ...options, '--catch-up', 'all', '--json')
    expect(code).toBe(0)
    const recipients = ['a@b.example', 'c@d.example']
    expect(json()).toMatchObject({ cron: '30 5 12 * *', timezone: 'Asia/Tokyo', recipients, catch_up: 'all' })
    expect(json().next[0]).toBe('2026-12-11T20:30:00Z')
    const off = await schedule('set', 'partner-leaderboard', '--disable', '--timezone', 'account', '--json')
    expect(off.json()).toMatchObject({ enabled: false, timezone: 'UTC', next: [], cron: '30 5 12 * *' })
  })

  it.each([
    [['monthly-summary', '--cron', '61 * * * *'], '61 * * * *'],
    [['monthly-summary', '--timezone', 'Mars/Olympus'], 'Mars/Olympus'],
    [['partner-leaderboard', '--recipients', 'nobody'], 'nobody'],
    [['monthly-summary', '--catch-up', 'some'], 'some'],
    [['monthly-summary', '--max-age-days', '-1'], '-1'],
    [['monthly-summary', '--readiness', '{tables}'], 'tables'],
    [['monthly-summary', '--readiness', '{"tables": ["nonesuch"]}'], 'nonesuch'],
    [['monthly-summary', '--enable', '--disable'], '--enable'],
    [['monthly-summary'], 'something to change'],
    [['nonesuch', '--disable'], 'nonesuch'],
    [['monthly-summary', '--disable', '--account', '9'], '9'],
  ])('%j is wrong use: says the value and changes nothing', async (args, value) => {
    const before = await list()
    const { code, out, err } = await schedule('set', ...args)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(value)
    expect(await list()).toEqual(before)
  })
})
