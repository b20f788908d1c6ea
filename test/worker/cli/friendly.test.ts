import { Writable } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAudit } from '../../../db/access/audit.ts'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.close())

async function bursar(...args: string[]) {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += String(chunk)
        done()
      },
    })
  const code = await runCommandLine(args, {
    env: { DATABASE_URL: database.url, SECRET: 'a-secret-of-this-test' },
    stdout: into('out'),
    stderr: into('err'),
    clock: () => new Date('2026-11-20T12:00:00Z'),
    stopping: new AbortController().signal,
  })
  return { code, ...said }
}

test.each([
  [['runn'], 'Did you mean one of run, runs?'],
  [['run', 'montly-summary', '--period', '2026-10'], 'did you mean monthly-summary?'],
  [['runs', '--report', 'licence-export'], 'did you mean license-export?'],
  [['import', 'comissions', 'october.csv'], 'did you mean commissions?'],
  [['schedule', 'set', 'partner-leaderbord', '--disable'], 'did you mean partner-leaderboard?'],
])('a misspelt name gets a hint: %s', async (args, expected) => {
  const { code, out, err } = await bursar(...args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(expected)
})

test('what the command line changes stands in the audit log', async () => {
  await bursar('schedule', 'set', 'partner-leaderboard', '--cron', '30 5 12 * *')
  const { token, id } = JSON.parse((await bursar('token', 'create', '--label', 'Ann', '--admin', '--json')).out)
  await bursar('token', 'revoke', String(id))
  const entries = await listAudit(database.db, { limit: 10 })
  expect(entries).toMatchObject([
    { actor: 'command line', action: 'token.revoke', target: String(id) },
    { actor: 'command line', action: 'token.create', target: String(id), after: { kind: 'admin', label: 'Ann' } },
    {
      actor: 'command line',
      action: 'schedule.update',
      before: { cron: '0 7 1 * *' },
      after: { cron: '30 5 12 * *' },
    },
  ])
  expect(JSON.stringify(entries)).not.toContain(token)
})
