import { pino } from 'pino'
import { isOpen } from '../../../../db/ledger/runs/runs.ts'
import { ensureSchedules } from '../../../../db/ledger/schedules.ts'
import { reports, scheduleDefaults } from '../../../../jobs/index.ts'
import { findRunOrThrow } from '../../../../worker/actions/control-run.ts'
import { registerPage } from '../../../../worker/http/page/index.ts'
import { createHttpServer } from '../../../../worker/http/server.ts'
import { freshDatabase } from '../../../support/database.ts'
import { insertAccount, insertCommission, insertPartner } from '../../../support/factories.ts'
import { openTestRuntime } from '../../../support/runtime.ts'
import { startMailServer } from '../../../support/smtp.ts'
import { until } from '../../../support/until.ts'
import { ADMIN_TOKEN, NOW } from '../serve.ts'

export type Page = Awaited<ReturnType<typeof openPage>>

/** What a name may be made of, and must never become more than text. */
export const NAUGHTY = `<script>window.bitten=1</script>"'><img src=x onerror="window.bitten=1">{{7*7}}<%= 1 %>`

/** Refused by the mail server for good. */
export const REFUSED = 'gone@partner.test'

/** The page on a port of its own, over a real database, a real mail server and the real reports. */
export async function openPage() {
  const database = await freshDatabase()
  let ticks = 0
  const shift = { ms: 0 }
  const clock = () => new Date(NOW.getTime() + shift.ms + ticks++)
  await insertProgram(database.db)
  await ensureSchedules(database.db, scheduleDefaults, NOW)
  const mail = await startMailServer({
    onRcptTo: ({ address }, _session, done) =>
      done(address === REFUSED ? Object.assign(new Error('5.1.1 no such mailbox'), { responseCode: 550 }) : null),
  })
  const runtime = await openTestRuntime(database.db, reports, { clock, smtpUrl: mail.url })
  const { context } = runtime
  const config = { rateLimit: 100_000, adminToken: ADMIN_TOKEN, publicUrl: 'http://bursar.test', version: '0' }
  const connections = { client: database, clock, storage: context.storage, log: context.log, config: config as never }
  const app = await createHttpServer({
    db: database.db,
    pool: database.pool,
    config,
    clock,
    log: pino({ level: 'silent' }),
    ready: async () => ({ database: true, queue: true, migrations: true }),
    register: [(scope) => registerPage(scope, { connections, runtime, adminToken: ADMIN_TOKEN })],
  })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const close = async () => {
    await app.close()
    await runtime.close()
    await mail.close()
    await database.close()
  }
  return { address, app, database, db: database.db, runtime, mail, shift, close }
}

async function insertProgram(db: Parameters<typeof insertAccount>[0]): Promise<void> {
  await insertAccount(db, { name: `Program ${NAUGHTY}` })
  const partners = [
    { partner_id: 'anna', name: 'Anna & Söhne', email: 'anna@partner.test' },
    { partner_id: 'gone', name: 'Gone Ltd', email: REFUSED },
    { partner_id: NAUGHTY, name: NAUGHTY, email: 'naughty@partner.test' },
    { partner_id: 'silent', name: 'Silent', email: 'silent@partner.test', send_monthly_summary: false },
  ]
  for (const partner of partners) {
    const { partner_id } = await insertPartner(db, partner)
    await insertCommission(db, { partner_id, amount: 1234, product: NAUGHTY, earned_at: '2026-10-05T00:00:00Z' })
  }
}

/** Somebody who goes about the page without a browser: keeps the cookie, finds the forms. */
export async function signIn({ address }: Pick<Page, 'address'>, key = ADMIN_TOKEN) {
  const answer = await fetch(`${address}/admin/login`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ key }),
  })
  const cookie = (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  const get = async (path: string, headers: Record<string, string> = {}) =>
    answerOf(await fetch(address + path, { redirect: 'manual', headers: { cookie, accept: 'text/html', ...headers } }))
  const csrf = csrfIn((await get('/admin/')).text)
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    answerOf(
      await fetch(address + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, ...headers },
        body: new URLSearchParams({ _csrf: csrf, ...fields }),
      }),
    )
  return { status: answer.status, cookie, csrf, get, post }
}

const csrfIn = (html: string): string => /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? ''

async function answerOf(answer: Response) {
  return {
    status: answer.status,
    location: answer.headers.get('location') ?? '',
    headers: answer.headers,
    text: await answer.text(),
  }
}

/** A run of October that is not asked about twice. */
export const CHECKED = { report: 'monthly-summary', account_id: '1', period: '2026-10', mail: '1' }
export const A_KEY = '0d2c8a3e-7f4b-4a21-9c55-1b6a9c1de001'
export const NOBODY = '00000000-0000-4000-8000-000000000000'

export const runIdIn = (location: string): string => /\/admin\/runs\/([0-9a-f-]{36})/.exec(location)?.[1] ?? ''

/** The run when nothing of it is open any more. */
export const endOf = ({ runtime }: Pick<Page, 'runtime'>, id: string) =>
  until(async () => {
    const run = await findRunOrThrow(runtime.context, id)
    return !isOpen(run) && run
  }, 'the run ends')

/** October, started by somebody and at its end. */
export async function finishedRun(page: Page, me: Awaited<ReturnType<typeof signIn>>) {
  const { location } = await me.post('/admin/runs', { ...CHECKED, key: A_KEY })
  return endOf(page, runIdIn(location))
}
