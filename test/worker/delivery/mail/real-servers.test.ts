import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { settlementOf } from '../../../../worker/delivery/backoff.ts'
import { createMailer, type Mailer } from '../../../../worker/delivery/mail/mailer.ts'
import { findServer, type RealMailServer, startExim, startPostfix } from '../../../support/real-mail-servers.ts'

const FIRST_ATTEMPT = { retries: 0, unknowns: 0, first_attempt_at: null }
const NOW = new Date('2026-11-01T06:00:00Z')
const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const mailers: Mailer[] = []
afterEach(async () => {
  for (const mailer of mailers.splice(0)) await mailer.close()
})

interface Sent {
  readonly to: string
  readonly from?: string
  readonly bytes?: number
  readonly subject?: string
}

/** A mailer that knows nothing of the server yet. */
function mailerTo(url: string) {
  const mailer = createMailer({ smtpUrl: url, outbox: '/nowhere', clock: () => NOW, log: quiet })
  mailers.push(mailer)
  const send = async ({ to, from = 'bursar@program.example', bytes = 10, subject = 'October' }: Sent) => {
    const raw = Buffer.from(
      `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${'x'
        .repeat(70)
        .concat('\r\n')
        .repeat(bytes / 70)}`,
    )
    const outcome = await mailer.send(raw, { from, to }, '<0b8a7f5e@program.example>')
    const { status, suppress = false } = settlementOf(FIRST_ATTEMPT, outcome, NOW)
    return { kind: outcome.kind, reply: outcome.reply, status, suppress }
  }
  return { mailer, send }
}

type Row = readonly [what: string, service: string, mail: Sent, reply: RegExp, kind: string, status: string]

const postfix = findServer('postfix')
describe.runIf(postfix)('Postfix', () => {
  let server: RealMailServer
  const seen = new Set<string>()
  const policy = (address: string) => {
    if (address.startsWith('full@')) return '552 5.2.2 Mailbox is full' // as Dovecot's quota-status says it
    if (!address.startsWith('grey@') || seen.has(address)) return 'dunno'
    seen.add(address)
    return 'defer_if_permit 4.2.0 Greylisted, see http://postgrey.example/help/partners.example.html'
  }
  beforeAll(async () => {
    server = await startPostfix(postfix as string, SERVICES, policy)
  })
  afterAll(() => server.close())

  const SERVICES = {
    usual: [],
    strict: ['smtpd_relay_restrictions=reject_unauth_destination'],
    submission: ['smtpd_recipient_restrictions=permit_sasl_authenticated,reject'],
    clients: ['smtpd_client_restrictions=permit_sasl_authenticated,reject'],
    senders: ['smtpd_sender_restrictions=check_sender_access,inline:{bursar@program.example=REJECT}'],
    ascii: ['smtputf8_enable=no'],
    few: ['smtpd_client_message_rate_limit=1'],
  }

  test.each<Row>([
    ['taken', 'usual', { to: 'ann@partners.example' }, /^250 2\.0\.0 Ok/, 'sent', 'sent'],
    [
      'unknown user',
      'usual',
      { to: 'nobody@partners.example' },
      /^550 5\.1\.1 .*User unknown/,
      'refused',
      'suppressed',
    ],
    [
      'no relay, as Debian sets it up',
      'usual',
      { to: 'zoe@else.example' },
      /^454 4\.7\.1 .*Relay access denied/,
      'misconfigured',
      'pending',
    ],
    [
      'no relay',
      'strict',
      { to: 'zoe@else.example' },
      /^554 5\.7\.1 .*Relay access denied/,
      'misconfigured',
      'pending',
    ],
    [
      'submission without login',
      'submission',
      { to: 'ann@partners.example' },
      /^554 5\.7\.1 .*Access denied/,
      'misconfigured',
      'pending',
    ],
    [
      'client not let in',
      'clients',
      { to: 'ann@partners.example' },
      /^554 5\.7\.1 .*Client host rejected/,
      'misconfigured',
      'pending',
    ],
    [
      'sender not let in',
      'senders',
      { to: 'ann@partners.example' },
      /^554 5\.7\.1 .*Sender address rejected/,
      'misconfigured',
      'pending',
    ],
    ['mailbox full', 'usual', { to: 'full@partners.example' }, /^552 5\.2\.2 .*Mailbox is full/, 'retry', 'pending'],
    [
      'too large',
      'usual',
      { to: 'ann@partners.example', bytes: 30_000 },
      /larger than allowed 20000/,
      'refused',
      'failed',
    ],
    [
      'letters it cannot take',
      'ascii',
      { to: 'jörg@partners.example' },
      /does not offer SMTPUTF8/,
      'refused',
      'failed',
    ],
    ['letters it can take', 'usual', { to: 'jörg@partners.example' }, /^250 2\.0\.0 Ok/, 'sent', 'sent'],
  ])('%s', async (_what, service, mail, reply, kind, status) => {
    const said = await mailerTo(server.url(service)).send(mail)
    expect(said).toMatchObject({
      kind,
      status: status === 'suppressed' ? 'failed' : status,
      suppress: status === 'suppressed',
    })
    expect(said.reply).toMatch(reply)
  })

  test('greylisting: put off, then taken', async () => {
    const { send } = mailerTo(server.url('usual'))
    const first = await send({ to: 'grey@partners.example' })
    expect(first).toMatchObject({
      kind: 'retry',
      status: 'pending',
      reply: expect.stringMatching(/^450 4\.2\.0 .*Greylisted/),
    })
    expect(await send({ to: 'grey@partners.example' })).toMatchObject({ kind: 'sent' })
  })

  test('too many mails: the channel slows down, and the mail is not to blame', async () => {
    const { send, mailer } = mailerTo(server.url('few'))
    expect(await send({ to: 'ann@partners.example' })).toMatchObject({ kind: 'sent' })
    const second = await send({ to: 'ann@partners.example' })
    expect(second).toMatchObject({
      kind: 'slowed',
      status: 'pending',
      reply: expect.stringMatching(/^450 4\.7\.1 .*too much mail/),
    })
    expect(mailer.pausedUntil()).toBeInstanceOf(Date)
  })

  test('a refused relay rests the channel, loudly', async () => {
    const { send, mailer } = mailerTo(server.url('strict'))
    await send({ to: 'zoe@else.example' })
    expect([mailer.refusals(), mailer.pausedUntil()]).toEqual([1, expect.any(Date)])
  })
})

const exim = findServer('exim4', 'exim')
describe.runIf(exim)('Exim', () => {
  let server: RealMailServer
  beforeAll(async () => {
    server = await startExim(exim as string, {
      usual: [],
      few: ['defer ratelimit = 1 / 1h / strict\n    message = Sender rate $sender_rate / $sender_rate_period exceeded'],
      none: ['deny ratelimit = 0 / 1h / strict\n    message = Sender rate $sender_rate / $sender_rate_period exceeded'],
    })
  })
  afterAll(() => server.close())

  test.each<Row>([
    ['taken', 'usual', { to: 'ann@partners.example' }, /^250 OK/, 'sent', 'sent'],
    [
      'unknown user, first of all',
      'usual',
      { to: 'nobody@partners.example' },
      /^550 Unrouteable address/,
      'doubtful',
      'pending',
    ],
    ['no relay', 'usual', { to: 'zoe@else.example' }, /^550 relay not permitted/, 'misconfigured', 'pending'],
    [
      'letters it does not like',
      'usual',
      { to: 'o&m@partners.example' },
      /^550 restricted characters/,
      'doubtful',
      'pending',
    ],
    ['mailbox full', 'usual', { to: 'full@partners.example' }, /^552 Mailbox is full/, 'retry', 'pending'],
    ['greylisting', 'usual', { to: 'grey@partners.example' }, /^451 Greylisted/, 'retry', 'pending'],
    [
      'too large',
      'usual',
      { to: 'ann@partners.example', bytes: 30_000 },
      /larger than allowed 20000/,
      'refused',
      'failed',
    ],
    [
      'a limit of ours, for good',
      'none',
      { to: 'ann@partners.example' },
      /^550 Sender rate/,
      'misconfigured',
      'pending',
    ],
  ])('%s', async (_what, service, mail, reply, kind, status) => {
    const said = await mailerTo(server.url(service)).send(mail)
    expect(said).toMatchObject({ kind, status, suppress: false })
    expect(said.reply).toMatch(reply)
  })

  test('an unknown user beside one who was taken is an address that is not there', async () => {
    const { send } = mailerTo(server.url('usual'))
    await send({ to: 'ann@partners.example' })
    expect(await send({ to: 'nobody@partners.example' })).toMatchObject({
      kind: 'refused',
      status: 'failed',
      suppress: true,
    })
  })

  test('too many mails: the channel slows down', async () => {
    const { send } = mailerTo(server.url('few'))
    await send({ to: 'ann@partners.example' })
    const said = await send({ to: 'ann@partners.example' })
    expect(said).toMatchObject({ kind: 'slowed', status: 'pending', reply: expect.stringMatching(/^451 Sender rate/) })
  })
})
