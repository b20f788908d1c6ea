import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../../../worker/cli/cli.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

let database: TestDatabase
let folder: string
const NOW = new Date('2026-11-20T12:00:00Z')

beforeAll(async () => {
  database = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'bursar-cli-'))
  await writeFile(join(folder, 'accounts.csv'), 'account_id,name,timezone,currency\n1,Acme,Europe/Warsaw,USD\n')
  await writeFile(
    join(folder, 'partners.csv'),
    'partner_id,name,email,type,programs,created_at\nanna,Anna,anna@partners.example,referral,affiliate,2026-01-01\nidle,Idle,idle@partners.example,referral,affiliate,2026-01-01\n',
  )
  await writeFile(
    join(folder, 'commissions.csv'),
    'commission_id,partner_id,kind,program,product,amount,earned_at\nc1,anna,commission,affiliate,livechat,12.34,2026-10-31T22:59:59Z\nc2,anna,commission,affiliate,livechat,1.00,2026-10-31T23:00:00Z\n',
  )
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
  await database.close()
})

async function bursar(args: string, env: Record<string, string> = {}) {
  const said = { out: '', err: '' }
  const into = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += String(chunk)
        done()
      },
    })
  const code = await runCommandLine(args.split(' '), {
    env: { DATABASE_URL: database.url, BURSAR_HOME: join(folder, 'home'), SECRET: 'a-secret-of-this-test', ...env },
    stdout: into('out'),
    stderr: into('err'),
    clock: () => NOW,
    stopping: new AbortController().signal,
  })
  return { code, ...said, json: () => JSON.parse(said.out) }
}

describe('the command line', () => {
  it('imports a folder, says what came in, and nothing the second time', async () => {
    const first = await bursar(`import ${folder} --json`)
    expect([first.code, first.json().tables.commissions]).toEqual([
      0,
      { inserted: 2, updated: 0, unchanged: 0, conflicts: 0 },
    ])
    const again = await bursar(`import ${folder} --json`)
    expect(again.json().tables.partners).toEqual({ inserted: 0, updated: 0, unchanged: 2, conflicts: 0 })
  })

  it('says what an import changed, and warns on stderr', async () => {
    const file = join(folder, 'agents.txt')
    const rows = (email: string) => Array.from({ length: 12 }, (_, n) => `${n},Agent,${email}\n`).join('')
    await writeFile(file, `agent_id,name,email\n${rows('')}`)
    await bursar(`import agents ${file}`)
    await writeFile(file, `agent_id,name,email\n${rows('agent@x.test')}`)
    const changed = await bursar(`import agents ${file}`)
    expect(changed.out).toContain('agents updated: {email: 12}')
    expect(changed.err).toContain('warning: 12 of 12 agents change `email`')
  })

  it('takes rows back and brings them again', async () => {
    const keys = join(folder, 'keys.txt')
    await writeFile(keys, 'agent_id\n3\n')
    expect((await bursar(`import agents ${keys} --void --json`)).json().tables.agents).toMatchObject({ voided: 1 })
    expect((await bursar(`import agents ${join(folder, 'agents.txt')}`)).out).toMatch(
      /VOID[\s\S]*agents +0 +0 +11 +0 +1/,
    )
    expect((await bursar(`import agents ${keys} --restore`)).out).toMatch(/RESTORED[\s\S]*agents +0 +0 +0 +0 +1/)
    await writeFile(keys, 'agent_id\n99\n')
    expect(await bursar(`import agents ${keys} --void`)).toMatchObject({ code: 1 })
    expect((await bursar(`import agents ${keys} --void`)).out).toContain('"99"')
    for (const wrong of ['--void --restore', '--void --complete-through 2026-11-01'])
      expect([wrong, (await bursar(`import agents ${keys} ${wrong}`)).code]).toEqual([wrong, 2])
    expect((await bursar(`import ${folder} --void`)).code).toBe(2)
    expect((await bursar(`import accounts ${keys} --void`)).code).toBe(2)
  })

  it('names line, column, value and expectation of a bad file, and exits 1', async () => {
    const bad = join(folder, 'bad.csv')
    await writeFile(
      bad,
      'commission_id,partner_id,kind,program,product,amount,earned_at\nx,anna,commission,affiliate,livechat,"1,5",2026-10-01\n',
    )
    const refused = await bursar(`import commissions ${bad} --json`)
    expect(refused.code).toBe(1)
    expect(refused.json()).toMatchObject({ error_count: 1, errors: [{ line: 2, column: 'amount', value: '1,5' }] })
  })

  it('keeps what a partner set itself and says so, unless it is told to overwrite it', async () => {
    const file = join(folder, 'payees.csv')
    const rows = 'partner_id,type,company,address,city,country,paypal\nanna,business,C,A,B,PL,'
    await writeFile(file, `${rows}new@x.example\n`)
    await bursar(`import billing_details ${file}`)
    const edit = { account_id: 1, partner_id: 'anna', table_name: 'billing_details', column_name: 'paypal' }
    await database.db
      .insertInto('partner_edits')
      .values({ ...edit, set_at: NOW, actor: 'partner anna, key 1' })
      .execute()
    await writeFile(file, `${rows}old@x.example\n`)
    expect((await bursar(`import billing_details ${file}`)).out).toContain('billing_details kept: {paypal: 1}')
    const counts = (await bursar(`import billing_details ${file} --json`)).json().tables.billing_details
    expect(counts).toEqual({ inserted: 0, updated: 0, unchanged: 1, conflicts: 0, kept: { paypal: 1 } })
    const told = await bursar(`import billing_details ${file} --overwrite-partner-edits`)
    expect(told.out).toContain('billing_details updated: {paypal: 1}')
    expect(told.out).not.toContain('kept')
  })

  it('runs a report to its end and writes its statements out', async () => {
    const run = await bursar(`run monthly-summary --period 2026-10 --out ${folder}/out --json`)
    expect(run.code).toBe(0)
    expect(run.json()).toMatchObject({
      report: 'monthly-summary',
      period: '2026-10',
      revision: 1,
      trigger: 'cli',
      status: 'succeeded',
      progress: 1,
      statements: { rendered: 1, skipped: 1 },
      deliveries: { sent: 1 },
    })
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(['anna.csv', 'anna.html', 'anna.json', 'anna.pdf'])
    const sealed = JSON.parse(await readFile(join(folder, 'out', 'anna.json'), 'utf8'))
    expect(sealed.figures.commission).toMatchObject({ total: '12.34', lines: 1 })
    const status = await bursar(`run-status ${run.json().id} --json`)
    expect(status.json()).toEqual(run.json())
    expect((await bursar('runs --json')).json()).toEqual([run.json()])
  })

  it('previews a statement without a trace on the ledger', async () => {
    const runs = (await bursar('runs --json')).json().length
    const shown = await bursar('preview monthly-summary --period 2026-10 --partner anna --format json')
    expect(shown.code).toBe(0)
    expect(JSON.parse(shown.out).figures.commission.total).toBe('12.34')
    expect((await bursar('preview monthly-summary --period 2026-10 --partner anna --format eml')).out).toContain(
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    )
    expect((await bursar('runs --json')).json()).toHaveLength(runs)
  })

  it('resends a delivery as a new one', async () => {
    const { id } = await database.db.selectFrom('deliveries').select('id').executeTakeFirstOrThrow()
    const resent = await bursar(`resend ${id} --to finance@owner.example --json`)
    expect([resent.code, resent.json()]).toMatchObject([0, { to: 'finance@owner.example', status: 'sent' }])
    expect(resent.json().id).not.toBe(id)
    expect((await bursar(`resend ${id} --to not-an-address`)).code).toBe(2)
  })

  it('makes, lists and revokes keys, and shows a secret once', async () => {
    const made = (await bursar('token create --label portal --partner anna --json')).json()
    expect(made).toEqual({ id: made.id, token: expect.stringMatching(/\S{40,}/), label: 'portal', kind: 'partner' })
    const listed = await bursar('token list --json')
    expect(listed.out).not.toContain(made.token)
    expect((await bursar(`token revoke ${made.id}`)).code).toBe(0)
    expect((await bursar(`token revoke ${made.id}`)).code).toBe(1)
  })

  it('tells what a key means, one object for one and a list for several', async () => {
    const one = await bursar('period 2026-10 --timezone Europe/Warsaw --json')
    expect(one.json()).toEqual({
      key: '2026-10',
      time_zone: 'Europe/Warsaw',
      from: '2026-09-30T22:00:00Z',
      to: '2026-10-31T23:00:00Z',
      hours: 745,
      previous: '2026-09',
      next: '2026-11',
    })
    expect(
      (await bursar('period last-month yesterday --timezone UTC --json'))
        .json()
        .map((period: { key: string }) => period.key),
    ).toEqual(['2026-10', '2026-11-19'])
    expect((await bursar('period 2026-10 --json')).json().time_zone).toBe('Europe/Warsaw')
  })

  it('goes by its own tz data, says which, and why it takes no zone that only the runtime knows', async () => {
    expect((await bursar('--version')).out).toMatch(/^bursar \d+\.\d+\.\d+ \(tz data 20\d\d[a-z]\)\n$/)
    expect((await bursar('period 2026-11 --timezone America/Winnipeg --json')).json().hours).toBe(720)
    const refused = await bursar('period 2026-11 --timezone SystemV/AST4')
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('Node knows the name; the tz data 20')])
  })

  it('lists the catalogue with the next three occurrences', async () => {
    const [monthly] = (await bursar('reports --json')).json()
    expect(monthly).toMatchObject({
      name: 'monthly-summary',
      audience: 'partner',
      next: ['2026-12-01T05:00:00Z', '2027-01-01T05:00:00Z', '2027-02-01T05:00:00Z'],
    })
  })

  it.each([
    ['frobnicate', 'frobnicate'],
    ['run nonesuch --period 2026-10', 'nonesuch'],
    ['run monthly-summary --period 2026-13', '2026-13'],
    ['run monthly-summary --period 2027-01', '2027-01'],
    ['run monthly-summary --period 2026-10 --partner nobody', 'nobody'],
    ['run monthly-summary --period 2026-10 --account 9', '9'],
    ['run monthly-summary', '--period'],
    ['run monthly-summary --period 2026-10 --as-of yesterday', 'yesterday'],
    ['run-status 7', '7'],
    ['period 2026-02-30 --timezone UTC', '2026-02-30'],
    ['period 2026-10 --timezone Mars/Olympus', 'Mars/Olympus'],
    ['import nonesuch x.csv', 'nonesuch'],
    ['token create --label x', '--admin'],
    ['token create --label x --partner nobody', 'nobody'],
  ])('%s: exit 2, and the value is named', async (args, named) => {
    const refused = await bursar(args)
    expect(refused.code).toBe(2)
    expect(refused.err).toContain(named)
    expect(refused.out).toBe('')
  })

  it('lists every problem of the environment at once', async () => {
    const refused = await bursar('runs', { PORT: '99999', SMTP_URL: 'http://x', DATABASE_URL: 'nowhere' })
    expect(refused.code).toBe(2)
    for (const name of ['PORT', 'SMTP_URL', 'DATABASE_URL']) expect(refused.err).toContain(name)
  })

  it('refuses to touch the database of a newer version', async () => {
    await database.db
      .insertInto('bursar_migrations' as never)
      .values({ name: '9999-future', applied_at: NOW } as never)
      .execute()
    const refused = await bursar('runs')
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('9999-future')
    await database.db
      .deleteFrom('bursar_migrations' as never)
      .where('name' as never, '=', '9999-future' as never)
      .execute()
  })

  it('shows help with an example for every command', async () => {
    const { out } = await bursar('--help')
    const commands = [...out.matchAll(/^ {2}([a-z-]+)/gm)]
      .map(([, name]) => name)
      .filter((name) => name !== 'help' && !name?.startsWith('-'))
    for (const name of commands.filter((one) => !['token', 'schedule'].includes(one as string))) {
      expect((await bursar(`${name} --help`)).out, name).toContain('Example')
    }
    expect(commands.length).toBeGreaterThan(12)
  })
})
