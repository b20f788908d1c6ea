import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setPreference } from '../../../db/access/preferences.ts'
import { claimDeliveries } from '../../../db/ledger/deliveries/claims.ts'
import { findDelivery, listAttempts } from '../../../db/ledger/deliveries/lists.ts'
import { releaseDeadClaims } from '../../../db/ledger/deliveries/lost-claims.ts'
import { insertResend } from '../../../db/ledger/deliveries/requests.ts'
import { findSuppression } from '../../../db/ledger/deliveries/suppressions.ts'
import type { ReportDefinition } from '../../../jobs/report.ts'
import { monthlySummary } from '../../../templates/monthly-summary/index.ts'
import { type DeliverContext, deliver } from '../../../worker/delivery/deliver.ts'
import { createInFlight, releaseLostClaims } from '../../../worker/delivery/in-flight.ts'
import { batchLedger } from '../../../worker/delivery/ledger.ts'
import { verifyFileLink } from '../../../worker/delivery/mail/links.ts'
import { createMailer } from '../../../worker/delivery/mail/mailer.ts'
import { readUnsubscribeToken } from '../../../worker/delivery/mail/unsubscribe.ts'
import { openDiskStorage } from '../../../worker/storage/disk.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { insertAccount, insertPartner } from '../../support/factories.ts'
import { insertDelivery, insertRun, insertStatement, insertWorker } from '../../support/ledger.ts'
import { type Script, startMailServer, startRawServer } from '../../support/smtp.ts'
import { sealedSummary } from '../../support/summary.ts'

const SECRET = 'a secret of this test'
const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} } as never
const reports = new Map([
  ['monthly-summary', { name: 'monthly-summary', template: monthlySummary } as unknown as ReportDefinition],
])

let database: TestDatabase
let home: string
let now: Date
const closing: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  database = await freshDatabase()
  home = await mkdtemp(join(tmpdir(), 'bursar-deliver-'))
  await insertAccount(database.db, { reply_to: 'Finance <finance@owner.example>', brand_color: '#aa3300' })
  await insertPartner(database.db, { partner_id: 'p1', name: 'Ann Lee' })
})
beforeEach(() => {
  now = new Date('2026-11-01T06:00:10Z')
})
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(async () => {
  await database.close()
  await rm(home, { recursive: true })
})

async function contextTo(smtpUrl: string | undefined, some: Partial<DeliverContext> = {}): Promise<DeliverContext> {
  const { db } = database
  const clock = () => now
  const mailer = createMailer({ smtpUrl, outbox: join(home, 'outbox'), clock, log })
  closing.push(mailer.close)
  const mailFrom = { name: 'Bursar', address: 'bursar@from.example', domain: 'from.example' }
  const settings = { publicUrl: 'https://bursar.example', mailFrom, secret: SECRET }
  const workerId = await insertWorker(db)
  return {
    db,
    ledger: batchLedger(db),
    storage: openDiskStorage(join(home, 'files')),
    mailer,
    reports,
    settings,
    workerId,
    inFlight: createInFlight(),
    mayWork: async () => true,
    clock,
    log,
    ...some,
  }
}

/** A due delivery of a statement with a PDF and a CSV. */
async function due(some: Partial<Parameters<typeof insertDelivery>[1]> = {}, files = [16, 16]) {
  const { db } = database
  const { id: run_id } = await insertRun(db)
  const { canonical, sha256 } = sealedSummary()
  const statement = await insertStatement(db, { run_id, sealed: canonical, sha256, subject_id: 'p1' })
  const storage = openDiskStorage(join(home, 'files'))
  for (const [at, size] of files.entries()) {
    const name = at === 0 ? 'p1.pdf' : `p1.${at}.csv`
    const type = at === 0 ? 'application/pdf' : 'text/csv; charset=utf-8'
    const stored = await storage.put(Buffer.alloc(size, `${name} `))
    await db
      .insertInto('files')
      .values({ account_id: 1, statement_id: statement.id, name, type, rows: at || null, ...stored })
      .execute()
  }
  return insertDelivery(db, { run_id, statement_id: statement.id, subject_id: 'p1', ...some })
}

const send = (context: DeliverContext, { id }: { id: string }) => deliver(context, { accountId: 1, deliveryId: id })
const row = ({ id }: { id: string }) => findDelivery(database.db, id)
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
const hangUp = (socket: Socket) => {
  socket.destroy()
  return undefined
}
const rawServer = async (script: Script = {}) => {
  const server = await startRawServer(script)
  closing.push(server.close)
  return server
}

describe('the mail', () => {
  async function receive(some: Partial<Parameters<typeof insertDelivery>[1]> = {}, files?: number[]) {
    const server = await startMailServer()
    closing.push(server.close)
    const delivery = await due(some, files)
    expect(await send(await contextTo(server.url), delivery)).toMatchObject({ settled: true })
    const raw = server.messages[0]?.raw ?? Buffer.alloc(0)
    return { delivery, raw, mail: await PostalMime.parse(raw), envelope: server.messages[0] }
  }

  test('has the headers of a mail, goes to one address, and is kept as it was sent', async () => {
    const { delivery, raw, mail, envelope } = await receive({ address: 'ann@y.example' })
    const header = (key: string) => mail.headers.filter((each) => each.key === key).map((each) => each.value)
    expect(envelope).toMatchObject({ from: 'bursar@from.example', to: ['ann@y.example'] })
    expect(header('message-id')).toEqual([`<${delivery.id}@from.example>`])
    expect(header('x-bursar-run')).toEqual([delivery.run_id])
    expect(header('auto-submitted')).toEqual(['auto-generated'])
    expect(header('list-unsubscribe-post')).toEqual(['List-Unsubscribe=One-Click'])
    const [, token = ''] =
      /^<https:\/\/bursar\.example\/unsubscribe\/([\w.-]+)>$/.exec(header('list-unsubscribe').join()) ?? []
    expect(readUnsubscribeToken(SECRET, token)).toEqual({ accountId: 1, partnerId: 'p1', report: 'monthly-summary' })
    expect(mail).toMatchObject({
      from: { name: 'Bursar', address: 'bursar@from.example' },
      to: [{ name: 'Ann Lee', address: 'ann@y.example' }],
      replyTo: [{ name: 'Finance', address: 'finance@owner.example' }],
      subject: 'Test program: Monthly summary for October 2026',
      date: now.toISOString(),
    })
    const kept = await row(delivery)
    expect(kept).toMatchObject({
      status: 'sent',
      message_id: `<${delivery.id}@from.example>`,
      sent_at: now,
      attempts: 1,
    })
    expect(kept?.mail_sha256).toBe(createHash('sha256').update(raw).digest('hex'))
  })

  test('has text and HTML of the same content, and the stored files', async () => {
    const { mail } = await receive({}, [16, 20])
    for (const said of ['Test program', 'Ann Lee', '€1,234.50', '+23.5%', 'p1.pdf', 'p1.1.csv', '1 row', '16 bytes']) {
      expect(mail.text).toContain(said)
      expect(mail.html).toContain(said)
    }
    const stored = openDiskStorage(join(home, 'files'))
    for (const { filename, content } of mail.attachments) {
      const sha256 = createHash('sha256')
        .update(Buffer.from(content as ArrayBuffer))
        .digest('hex')
      expect(mail.text).toContain(`SHA-256 ${sha256}`)
      expect((await stored.get(sha256)).toString()).toContain(filename)
    }
    expect(mail.attachments.map(({ filename, mimeType }) => [filename, mimeType])).toEqual([
      ['p1.pdf', 'application/pdf'],
      ['p1.1.csv', 'text/csv'],
    ])
  })

  test('attaches up to 10 MiB in all and links the rest, by a link of thirty days', async () => {
    const { mail, delivery } = await receive({}, [4_000_000, 5_000_000, 300])
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(['p1.pdf', 'p1.2.csv'])
    const [, token = ''] = /https:\/\/bursar\.example\/files\/([\w.-]+)/.exec(mail.text ?? '') ?? []
    const link = verifyFileLink(SECRET, token, new Date('2026-12-01T05:59:59Z'))
    expect(link).toMatchObject({ accountId: 1, statementId: delivery.statement_id, name: 'p1.1.csv' })
    expect(verifyFileLink(SECRET, token, new Date('2026-12-01T06:00:00Z'))).toBeUndefined()
    expect(mail.html).toContain(token)
    expect(mail.text).toContain('1 row, 5,000,000 bytes')
  })

  test('without a server is a file, byte for byte the kept one', async () => {
    const delivery = await due()
    const context = await contextTo(undefined)
    expect(await send(context, delivery)).toMatchObject({ settled: true })
    expect(await readdir(join(home, 'outbox'))).toContain(`${delivery.id}.eml`)
    expect(await send(context, delivery)).toEqual({ nothing: true })
  })
})

describe('a mail that the server refuses', () => {
  const at = (verb: string, answer: string): Script => ({
    reply: (command) => (command.startsWith(verb) ? answer : undefined),
  })

  test('for good is failed, and its address gets no other', async () => {
    const server = await rawServer(at('RCPT', '550 5.1.1 nobody of that name'))
    const context = await contextTo(server.url)
    const [first, second] = [await due({ address: 'Gone@y.example' }), await due({ address: 'gone@Y.example' })]
    expect(await send(context, first)).toMatchObject({ settled: true })
    expect(await send(context, second)).toMatchObject({ settled: true })
    expect(await row(first)).toMatchObject({ status: 'failed', reply: '550 5.1.1 nobody of that name' })
    expect(await row(second)).toMatchObject({ status: 'suppressed', reply: '550 5.1.1 nobody of that name' })
    expect(server.state.connections).toBe(1)
  })

  test('for what it says is failed, and its address is not to blame', async () => {
    const server = await rawServer({ dot: () => '554 5.7.1 looks like spam' })
    const delivery = await due({ address: 'fine@y.example' })
    expect(await send(await contextTo(server.url), delivery)).toMatchObject({ settled: true })
    expect(await row(delivery)).toMatchObject({ status: 'failed', reply: '554 5.7.1 looks like spam' })
    expect(await findSuppression(database.db, 'fine@y.example')).toBeUndefined()
  })

  test('for now is tried after 30 s, 1, 2, 5, 15 minutes, then hourly, until a day has passed', async () => {
    const server = await rawServer(at('RCPT', '451 4.7.1 try later'))
    const context = await contextTo(server.url)
    const delivery = await due()
    const began = now.getTime()
    const waits = []
    for (let ends = false; !ends; ) {
      const outcome = await send(context, delivery)
      ends = 'settled' in outcome
      if (!('retryAt' in outcome)) continue
      waits.push((outcome.retryAt.getTime() - now.getTime()) / 1000)
      now = new Date(outcome.retryAt.getTime() - 3000)
      expect(await send(context, delivery)).toEqual({ nothing: true })
      now = outcome.retryAt
    }
    expect(waits.slice(0, 7)).toEqual([30, 60, 120, 300, 900, 3600, 3600])
    expect((now.getTime() - began) / 3_600_000).toBeGreaterThan(23)
    expect((now.getTime() - began) / 3_600_000).toBeLessThanOrEqual(24)
    expect(await row(delivery)).toMatchObject({
      status: 'failed',
      reply: '451 4.7.1 try later',
      attempts: waits.length + 1,
    })
    const attempts = await listAttempts(database.db, delivery)
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['retry']))
  })
})

test('a mail that waits while its partner unsubscribes is not sent; a resend, which somebody asks for, is', async () => {
  const { db } = database
  const wish = { accountId: 1, partnerId: 'p1', topic: 'monthly-summary', source: 'link' }
  const context = await contextTo(undefined)
  const sent = await due()
  await send(context, sent)
  await setPreference(db, { ...wish, wanted: false }, now)
  const delivery = await due()
  expect(await send(context, delivery)).toMatchObject({ settled: true })
  expect(await row(delivery)).toMatchObject({
    status: 'cancelled',
    reply: 'not sent: the partner has unsubscribed from this report',
    mail_sha256: null,
  })
  const resend = await insertResend(db, { deliveryId: sent.id, requestedBy: 'me', now })
  await send(context, resend as { id: string })
  expect(await row(resend as { id: string })).toMatchObject({ status: 'sent' })
  await setPreference(db, { ...wish, wanted: true }, now)
})

describe('a mail that may have arrived', () => {
  test('is repeated once, the same to the byte', async () => {
    let drops = 1
    const server = await rawServer({ dot: (socket) => (drops-- > 0 ? hangUp(socket) : '250 taken') })
    const context = await contextTo(server.url)
    const delivery = await due()
    expect(await send(context, delivery)).toEqual({ retryAt: later(30) })
    expect(await row(delivery)).toMatchObject({ status: 'unknown' })
    now = later(30)
    expect(await send(context, delivery)).toMatchObject({ settled: true })
    expect(await row(delivery)).toMatchObject({ status: 'sent', attempts: 2 })
    expect(server.state.messages).toHaveLength(2)
    expect(server.state.messages[0]).toEqual(server.state.messages[1])
  })

  test('and is lost again stays unknown, and nothing is sent any more', async () => {
    const server = await rawServer({ dot: hangUp })
    const context = await contextTo(server.url)
    const delivery = await due()
    await send(context, delivery)
    now = later(30)
    expect(await send(context, delivery)).toMatchObject({ settled: true })
    now = later(1_000_000)
    expect(await send(context, delivery)).toEqual({ nothing: true })
    expect(await row(delivery)).toMatchObject({ status: 'unknown', next_attempt_at: null, attempts: 2 })
    expect(server.state.taken).toBe(2)
  })

  test('stays unknown while its repeat is put off', async () => {
    const answers = ['drop', '451 later', '250 ok']
    const server = await rawServer({
      dot: (socket) => (answers.length > 2 && answers.shift() ? hangUp(socket) : answers.shift()),
    })
    const context = await contextTo(server.url)
    const delivery = await due()
    await send(context, delivery)
    now = later(30)
    expect(await send(context, delivery)).toEqual({ retryAt: later(30) })
    expect(await row(delivery)).toMatchObject({ status: 'unknown' })
    now = later(30)
    expect(await send(context, delivery)).toMatchObject({ settled: true })
    expect(await row(delivery)).toMatchObject({ status: 'sent' })
  })

  test('because the process died goes out again with the bytes it had', async () => {
    const server = await rawServer()
    const delivery = await due()
    const dead = await contextTo(server.url, { workerId: await insertWorker(database.db, { seen_at: new Date(0) }) })
    const dies = { ...dead, mailer: { ...dead.mailer, send: () => Promise.reject(new Error('killed')) } }
    await expect(send(dies, delivery)).rejects.toThrow('killed')
    expect(await row(delivery)).toMatchObject({ status: 'sending' })
    expect(await send(dead, delivery)).toEqual({ nothing: true })
    const kept = await row(delivery)
    await releaseDeadClaims(database.db)
    await database.db.updateTable('accounts').set({ name: 'Renamed', brand_color: '#000000' }).execute()
    expect(await send(await contextTo(server.url), delivery)).toMatchObject({ settled: true })
    expect(await row(delivery)).toMatchObject({ status: 'sent', attempts: 2, mail_sha256: kept?.mail_sha256 })
    expect(server.state.messages[0]?.toString()).toContain(`Message-ID: <${delivery.id}@from.example>`)
  })
})

test('a claim that nobody works on goes back by itself, one that is worked on does not', async () => {
  const { db, workerId, inFlight } = await contextTo(undefined)
  const [lost, held] = [await due(), await due()]
  await claimDeliveries(
    db,
    [lost, held].map(({ id }) => ({ accountId: 1, id, workerId, now })),
  )
  await inFlight.during(held.id, () => releaseLostClaims(db, workerId, inFlight))
  const due_at = new Date((lost.next_attempt_at?.getTime() ?? 0) + 1) // but for a moment, which makes its job another
  expect(await row(lost)).toMatchObject({ status: 'pending', claimed_by: null, next_attempt_at: due_at })
  expect(await row(held)).toMatchObject({ status: 'sending', claimed_by: workerId })
})

describe('what is wrong on our side', () => {
  test('a wrong set-up rests the channel: no window begins, nobody claims', async () => {
    const server = await rawServer({
      reply: (command) => (command.startsWith('MAIL') ? '530 5.7.0 log in first' : undefined),
    })
    const context = await contextTo(server.url)
    const [first, second] = [await due(), await due()]
    expect(await send(context, first)).toEqual({ retryAt: later(5) })
    expect(await send(context, second)).toEqual({ retryAt: later(5) })
    expect(await row(first)).toMatchObject({
      status: 'pending',
      first_attempt_at: null,
      next_attempt_at: later(5),
      attempts: 1,
    })
    expect(await row(second)).toMatchObject({ status: 'pending', attempts: 0 })
  })

  test('a file that is away puts the mail off, and the others go', async () => {
    const server = await rawServer()
    const context = await contextTo(server.url)
    const delivery = await due({}, [333])
    const { sha256 } = await database.db
      .selectFrom('files')
      .select('sha256')
      .where('statement_id', '=', delivery.statement_id)
      .executeTakeFirstOrThrow()
    await context.storage.remove(sha256)
    expect(await send(context, delivery)).toEqual({ retryAt: later(30) })
    expect(await row(delivery)).toMatchObject({
      status: 'pending',
      reply: expect.stringContaining(`file ${sha256} is not in the store`),
    })
    expect(server.state.connections).toBe(0)
  })

  test('what cannot become a mail fails at once', async () => {
    const context = await contextTo(undefined)
    const broken = await due()
    await database.db
      .updateTable('statements')
      .set({ sealed: JSON.stringify({ ...sealedSummary().document, figures: {} }) })
      .where('id', '=', broken.statement_id)
      .execute()
    const nowhere = await due({ address: 'nobody at all' })
    for (const delivery of [broken, nowhere]) {
      expect(await send(context, delivery)).toMatchObject({ settled: true })
      expect(await row(delivery)).toMatchObject({ status: 'failed', reply: expect.stringContaining('not sent: ') })
    }
  })

  test('the database going away between the mail and its outcome loses neither', async () => {
    const server = await rawServer({
      dot: (socket) => {
        const others = sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
        others.execute(database.db).finally(() => socket.write('250 taken\r\n'))
        return undefined
      },
    })
    const delivery = await due()
    expect(await send(await contextTo(server.url), delivery)).toMatchObject({ settled: true })
    expect(await row(delivery)).toMatchObject({ status: 'sent' })
  })
})

test('a resend has the same bytes below the header, another Message-ID, and the address asked for', async () => {
  const server = await rawServer()
  const context = await contextTo(server.url)
  const first = await due()
  await send(context, first)
  now = later(3600)
  const resend = await insertResend(database.db, {
    deliveryId: first.id,
    to: 'ann@new.example',
    requestedBy: 'key 1',
    now,
  })
  expect(await send(context, { id: resend?.id ?? '' })).toMatchObject({ settled: true })
  const [before = Buffer.alloc(0), again = Buffer.alloc(0)] = server.state.messages
  expect(bodyOf(again)).toEqual(bodyOf(before))
  const mail = await PostalMime.parse(again)
  expect(mail.to).toMatchObject([{ address: 'ann@new.example' }])
  expect(mail).toMatchObject({ messageId: `<${resend?.id}@from.example>`, date: now.toISOString() })
  expect(again.toString()).toContain(`X-Bursar-Run: ${first.run_id}`)
})

test('a copy for somebody else says the same and lets nobody unsubscribe the partner; nor does a copy of the copy', async () => {
  const server = await rawServer()
  const context = await contextTo(server.url)
  const first = await due()
  await send(context, first)
  const copy = await insertResend(database.db, {
    deliveryId: first.id,
    to: 'accountant@tax.example',
    copy: true,
    requestedBy: 'me',
    now,
  })
  await send(context, copy as { id: string })
  const again = await insertResend(database.db, { deliveryId: copy?.id ?? '', requestedBy: 'me', now })
  await send(context, again as { id: string })
  const [own, ...copies] = await Promise.all(server.state.messages.map((raw) => PostalMime.parse(raw)))
  expect(own?.html).toContain('/unsubscribe/')
  expect(copies).toHaveLength(2)
  for (const mail of copies) {
    expect(mail.to).toEqual([{ name: '', address: 'accountant@tax.example' }])
    expect(mail.headers.filter(({ key }) => key.startsWith('list-'))).toEqual([])
    expect(`${mail.html}${mail.text}`).not.toContain('nsubscribe')
    expect(mail.text?.replace(/\s/g, '')).toContain('€1,234.50')
    expect(mail.attachments.map(({ content }) => content)).toEqual(own?.attachments.map(({ content }) => content))
  }
})

describe('the date of a mail', () => {
  const dateOf = async (raw: Buffer | undefined) => (await PostalMime.parse(raw ?? Buffer.alloc(0))).date

  test('is that of the attempt while none can have arrived, and the rest stays as it was, signed anew', async () => {
    let busy = true
    const server = await rawServer({ dot: () => (busy ? '451 4.3.0 busy' : '250 taken') })
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const plain = await contextTo(server.url)
    const dkim = { domain: 'from.example', selector: 's1', key: privateKey }
    const context = { ...plain, settings: { ...plain.settings, dkim } }
    const delivery = await due()
    await send(context, delivery)
    const before = await row(delivery)
    await database.db.updateTable('accounts').set({ name: 'Renamed since' }).execute()
    now = later(5 * 3600)
    busy = false
    expect(await send(context, delivery)).toMatchObject({ settled: true })
    const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = server.state.messages
    expect(await dateOf(first)).toBe('2026-11-01T06:00:10.000Z')
    expect(await dateOf(second)).toBe('2026-11-01T11:00:10.000Z')
    expect(bodyOf(second)).toEqual(bodyOf(first))
    const signature = (raw: Buffer) => /\bb=([^;]*?)\r\n\S/s.exec(raw.toString('latin1'))?.[1]
    expect(signature(second)).not.toBe(signature(first))
    const after = await row(delivery)
    expect(after?.message_id).toBe(before?.message_id)
    const stored = await context.storage.get(after?.mail_sha256 ?? '')
    expect(stored.toString('latin1').replaceAll('\r\n.', '\r\n..')).toBe(second.toString('latin1'))
    await expect(context.storage.get(before?.mail_sha256 ?? '')).rejects.toThrow('not in the store')
  })

  test('stays once an attempt may have arrived', async () => {
    const answers: (string | undefined)[] = [undefined, '451 later', '250 ok']
    const server = await rawServer({
      dot: (socket) => {
        const answer = answers.shift()
        return answer ?? hangUp(socket)
      },
    })
    const context = await contextTo(server.url)
    const delivery = await due()
    for (const wait of [0, 30, 30]) {
      now = later(wait)
      await send(context, delivery)
    }
    expect(await row(delivery)).toMatchObject({ status: 'sent', attempts: 3 })
    expect(new Set(server.state.messages.map(String)).size).toBe(1)
  })
})

test('a relay that does not know us suppresses nobody and costs no attempt; mended, the mail leaves', async () => {
  let knows = false
  const server = await rawServer({
    reply: (command) => (command.startsWith('RCPT') && !knows ? '554 5.7.1 Relay access denied' : undefined),
  })
  const context = await contextTo(server.url)
  const delivery = await due({ address: 'ann@relay.example' })
  expect(await send(context, delivery)).toEqual({ retryAt: later(7) })
  expect(await row(delivery)).toMatchObject({ status: 'pending', first_attempt_at: null })
  expect(await findSuppression(database.db, 'ann@relay.example')).toBeUndefined()
  knows = true
  now = later(7)
  expect(await send(context, delivery)).toMatchObject({ settled: true })
  expect(await row(delivery)).toMatchObject({ status: 'sent' })
})

test('an address beyond ASCII is not given to a server without SMTPUTF8', async () => {
  const commands: string[] = []
  const server = (offers: string) =>
    rawServer({
      reply: (command) => {
        commands.push(command)
        return command.startsWith('EHLO') ? `250-raw\r\n250 ${offers}` : undefined
      },
    })
  const old = await contextTo((await server('8BITMIME')).url)
  const [beyond, within, domain] = [
    await due({ address: 'jörg@x.example' }),
    await due({ address: 'ann@x.example' }),
    await due({ address: 'ann@bücher.example' }),
  ]
  for (const delivery of [beyond, within, domain]) await send(old, delivery)
  expect(await row(beyond)).toMatchObject({
    status: 'failed',
    reply: expect.stringContaining('does not offer SMTPUTF8'),
  })
  expect(await findSuppression(database.db, 'jörg@x.example')).toBeUndefined()
  expect(await row(within)).toMatchObject({ status: 'sent' })
  expect(commands.filter((command) => /^(MAIL|RCPT)/.test(command)).join()).not.toMatch(/[^\x20-\x7e]/)
  expect(commands).toContain('RCPT TO:<ann@xn--bcher-kva.example>')

  const modern = await contextTo((await server('SMTPUTF8')).url)
  const again = await due({ address: 'jörg@x.example' })
  await send(modern, again)
  expect(await row(again)).toMatchObject({ status: 'sent' })
  expect(commands).toContain('RCPT TO:<jörg@x.example>')
})

test('a resend of what had links has links that live, and of what retention took says so', async () => {
  const server = await rawServer()
  const context = await contextTo(server.url)
  const first = await due({}, [9_000_000])
  await send(context, first)
  now = later(60 * 24 * 3600)
  const ask = () => insertResend(database.db, { deliveryId: first.id, requestedBy: 'key 1', now })
  await send(context, { id: (await ask())?.id ?? '' })
  const tokens = server.state.messages.map(async (raw) =>
    verifyFileLink(SECRET, /\/files\/([\w.-]+)/.exec((await PostalMime.parse(raw)).text ?? '')?.[1] ?? '', now),
  )
  expect(await Promise.all(tokens)).toEqual([undefined, expect.objectContaining({ name: 'p1.pdf' })])

  await database.db
    .updateTable('files')
    .set({ removed_at: now })
    .where('statement_id', '=', first.statement_id)
    .execute()
  const gone = { id: (await ask())?.id ?? '' }
  expect(await send(context, gone)).toMatchObject({ settled: true })
  expect(await row(gone)).toMatchObject({ status: 'failed', reply: 'not sent: its files are past their retention' })
})

const bodyOf = (raw: Buffer) => raw.subarray(raw.indexOf('\r\n\r\n'))
