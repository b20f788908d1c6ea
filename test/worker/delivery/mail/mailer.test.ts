import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createMailer, type MailerConfig } from '../../../../worker/delivery/mail/mailer.ts'
import { openSmtp } from '../../../../worker/delivery/mail/smtp.ts'
import { type Script, startMailServer, startRawServer } from '../../../support/smtp.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
const opened = <T extends { close: (...grace: number[]) => Promise<unknown> }>(thing: T): T => {
  closing.push(() => thing.close(0))
  return thing
}

const lines: { reply: string }[] = []
const log = { info: () => {}, warn: () => {}, error: (line: object) => lines.push(line as { reply: string }) }
const mailerTo = (smtpUrl: string | undefined, some: Partial<MailerConfig> = {}) =>
  opened(createMailer({ smtpUrl, outbox: '/nowhere', clock: () => new Date(), log, ...some }))

const envelope = { from: 'bursar@x.example', to: 'ann@y.example' }
const ID = '<0b8a7f5e-0000-4000-8000-000000000001@x.example>'
const SMALL = Buffer.from('Subject: hello\r\n\r\n.dots\r\nand more\r\n')
const LARGE = Buffer.concat([
  Buffer.from('Subject: large\r\n\r\n'),
  Buffer.alloc(5_000_000, 'x'.repeat(70).concat('\r\n')),
])

test('the bytes arrive as they are, to the envelope’s recipient only', async () => {
  const server = opened(await startMailServer())
  const outcome = await mailerTo(server.url).send(SMALL, envelope, ID)
  expect(outcome).toMatchObject({ kind: 'sent', reply: expect.stringMatching(/^250/) })
  expect(server.messages).toMatchObject([{ from: 'bursar@x.example', to: ['ann@y.example'], raw: SMALL }])
})

const hangUp = (socket: Socket) => {
  socket.destroy()
  return undefined
}
const hangUpAt = (verb: string): Script => ({
  reply: (command, socket) => (command.toUpperCase().startsWith(verb) ? hangUp(socket) : undefined),
})

describe('a connection that is lost', () => {
  const pipelining: Script['reply'] = (command) => (/^EHLO/.test(command) ? '250-raw\r\n250 PIPELINING' : undefined)
  const phases: [string, 'retry' | 'unknown', Script][] = [
    ['at EHLO', 'retry', hangUpAt('EHLO')],
    ['at MAIL', 'retry', hangUpAt('MAIL')],
    ['at RCPT', 'retry', hangUpAt('RCPT')],
    ['at DATA', 'retry', hangUpAt('DATA')],
    ['after the dot', 'unknown', { dot: hangUp }],
    [
      'at RCPT with pipelining',
      'retry',
      { reply: (command, socket) => hangUpAt('RCPT').reply?.(command, socket) ?? pipelining(command, socket) },
    ],
    ['after the dot with pipelining', 'unknown', { reply: pipelining, dot: hangUp }],
  ]
  for (const [name, raw] of [
    ['small', SMALL],
    ['large', LARGE],
  ] as const) {
    test.each(phases)(`${name} mail, %s: %s`, async (_, kind, script) => {
      const server = opened(await startRawServer(script))
      expect(await mailerTo(server.url).send(raw, envelope, ID)).toMatchObject({ kind })
      expect(server.state.taken).toBe(kind === 'unknown' ? 1 : 0)
    })
  }
  test('large mail, in the middle of it: retry', async () => {
    const server = opened(await startRawServer({ body: (received, socket) => received > 100_000 && hangUp(socket) }))
    expect(await mailerTo(server.url).send(LARGE, envelope, ID)).toMatchObject({ kind: 'retry' })
  })

  test('while idle, the next mail takes another connection and arrives once', async () => {
    let socket: Socket | undefined
    const server = opened(
      await startRawServer({
        reply: (_command, from) => {
          socket = from
          return undefined
        },
      }),
    )
    const mailer = mailerTo(server.url, { connections: 1 })
    expect(await mailer.send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
    socket?.destroy()
    expect(await mailer.send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
    expect(server.state).toMatchObject({ taken: 2, connections: 2 })
  })

  test('silence after the dot is unknown, before it retry', async () => {
    const silent = opened(await startRawServer({ dot: () => undefined }))
    const deaf = opened(await startRawServer({ greeting: '' }))
    const open = (url: string) => opened(openSmtp(url, 1, { socketTimeout: 200, greetingTimeout: 200 }))
    expect(await open(silent.url).send(SMALL, envelope, ID)).toMatchObject({ kind: 'unknown' })
    expect(await open(deaf.url).send(SMALL, envelope, ID)).toMatchObject({ kind: 'retry' })
  })

  test('nobody listens: retry', async () => {
    const server = await startRawServer()
    await server.close()
    expect(await mailerTo(server.url).send(SMALL, envelope, ID)).toMatchObject({ kind: 'retry' })
  })
})

describe('what the server says', () => {
  const at = (verb: string, answer: string): Script => ({
    reply: (command) => (command.toUpperCase().startsWith(verb) ? answer : undefined),
  })
  test.each<[string, object, Script]>([
    ['451 at RCPT', { kind: 'retry', reply: '451 4.7.1 later' }, at('RCPT', '451 4.7.1 later')],
    ['550 at RCPT', { kind: 'refused', of: 'recipient', reply: '550 5.1.1 nobody' }, at('RCPT', '550 5.1.1 nobody')],
    [
      'several lines',
      { kind: 'refused', reply: '550-5.1.1 no 550 5.1.1 body' },
      at('RCPT', '550-5.1.1 no\r\n550 5.1.1 body'),
    ],
    ['452 at MAIL', { kind: 'slowed' }, at('MAIL', '452 4.3.1 full')],
    ['552 at MAIL', { kind: 'refused', of: 'message' }, at('MAIL', '552 5.3.4 too big')],
    ['553 at MAIL', { kind: 'misconfigured' }, at('MAIL', '553 5.7.1 not your sender')],
    ['530 at MAIL', { kind: 'misconfigured' }, at('MAIL', '530 5.7.0 log in first')],
    ['554 at DATA', { kind: 'refused', of: 'message' }, at('DATA', '554 5.7.1 no')],
    ['451 at DATA', { kind: 'retry' }, at('DATA', '451 4.3.0 no')],
    ['554 after the dot', { kind: 'refused', of: 'message' }, { dot: () => '554 5.7.1 spam' }],
    ['451 after the dot', { kind: 'retry' }, { dot: () => '451 4.3.0 disk full' }],
    ['421 after the dot', { kind: 'retry' }, { dot: () => '421 4.3.2 going down' }],
    ['503 at RCPT', { kind: 'retry' }, at('RCPT', '503 5.5.1 MAIL first')],
    ['421 greeting', { kind: 'slowed' }, { greeting: '421 4.3.2 too busy' }],
    ['554 greeting', { kind: 'misconfigured' }, { greeting: '554 no service for you' }],
    ['too large for SIZE', { kind: 'refused', of: 'message' }, at('EHLO', '250-raw\r\n250 SIZE 10')],
  ])('%s', async (_, outcome, script) => {
    const server = opened(await startRawServer(script))
    expect(await mailerTo(server.url).send(SMALL, envelope, ID)).toMatchObject(outcome)
  })

  test('a refused recipient does not disturb the connection or the next mail', async () => {
    const server = opened(
      await startRawServer({ reply: (command) => (command.includes('bad@') ? '550 5.1.1 no' : undefined) }),
    )
    const mailer = mailerTo(server.url, { connections: 1 })
    expect(await mailer.send(SMALL, { ...envelope, to: 'bad@y.example' }, ID)).toMatchObject({ kind: 'refused' })
    expect(await mailer.send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
    expect(server.state.connections).toBe(1)
  })
})

describe('how it is set up', () => {
  const withUser = (url: string) => url.replace('smtp://', 'smtp://ann:s%40crt@')
  const login = {
    onAuth: (auth: { username?: string; password?: string }, _session: unknown, done: CallableFunction) =>
      auth.username === 'ann' && auth.password === 's@crt' ? done(null, { user: 'ann' }) : done(new Error('wrong')),
  }

  test('a server without TLS or login never gets credentials, nor mail without them', async () => {
    const plain = opened(await startMailServer())
    expect(await mailerTo(withUser(plain.url)).send(SMALL, envelope, ID)).toMatchObject({ kind: 'misconfigured' })
    expect(await mailerTo(`${withUser(plain.url)}?requireTLS=false`).send(SMALL, envelope, ID)).toMatchObject({
      kind: 'misconfigured',
    })
    expect(plain.messages).toEqual([])
  })

  test('credentials go to a server that proves its name only', async () => {
    const server = opened(await startMailServer({ disabledCommands: [], ...login } as never))
    expect(await mailerTo(withUser(server.url)).send(SMALL, envelope, ID)).toMatchObject({ kind: 'misconfigured' })
    const trusting = mailerTo(`${withUser(server.url)}?tls.rejectUnauthorized=false`)
    expect(await trusting.send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
    expect(server.messages).toMatchObject([{ secure: true, user: 'ann' }])
    expect(
      await mailerTo(`smtp://ann:wrong@127.0.0.1:${server.port}?tls.rejectUnauthorized=false`).send(
        SMALL,
        envelope,
        ID,
      ),
    ).toMatchObject({ kind: 'misconfigured' })
  })

  test('without credentials TLS is taken where it is offered, whoever offers it', async () => {
    const server = opened(await startMailServer({ disabledCommands: [] }))
    expect(await mailerTo(server.url).send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
    expect(server.messages).toMatchObject([{ secure: true }])
  })

  test('a wrong set-up rests the channel with one line, tries one mail at a time, and heals', async () => {
    let refuses = true
    const server = opened(
      await startRawServer({
        reply: (command) => (refuses && /^MAIL/.test(command) ? '530 5.7.0 log in first' : undefined),
      }),
    )
    let now = Date.parse('2026-11-01T06:00:00Z')
    lines.length = 0
    const mailer = mailerTo(server.url, { clock: () => new Date(now) })
    const five = await Promise.all(Array.from({ length: 5 }, () => mailer.send(SMALL, envelope, ID)))
    expect(five.every(({ kind }) => kind === 'misconfigured')).toBe(true)
    expect(lines).toHaveLength(1)
    expect(mailer.pausedUntil()).toEqual(new Date(now + 5_000))

    now += 5_000
    expect([mailer.pausedUntil(), mailer.pausedUntil()]).toEqual([undefined, new Date(now + 60_000)])
    await mailer.send(SMALL, envelope, ID)
    expect(mailer.pausedUntil()).toEqual(new Date(now + 10_000))
    now += 10_000
    refuses = false
    expect(mailer.pausedUntil()).toBeUndefined()
    await mailer.send(SMALL, envelope, ID)
    expect([mailer.pausedUntil(), mailer.pausedUntil()]).toEqual([undefined, undefined])
  })

  test('MAIL_RATE is kept', async () => {
    const mailer = mailerTo(undefined, { mailRate: 50 })
    const began = performance.now()
    await Promise.all(Array.from({ length: 11 }, () => mailer.turn()))
    expect(performance.now() - began).toBeGreaterThan(190)
  })

  test('closing lets the mail on its way through and takes no other', async () => {
    let answer: (() => void) | undefined
    const server = opened(
      await startRawServer({
        dot: (socket) => {
          answer = () => socket.write('250 taken\r\n')
          setImmediate(() => closed.push(mailer.close()))
          return undefined
        },
      }),
    )
    const closed: Promise<void>[] = []
    const mailer = mailerTo(server.url)
    const sending = mailer.send(SMALL, envelope, ID)
    await expect.poll(() => closed.length).toBe(1)
    expect(await mailer.send(SMALL, envelope, ID)).toMatchObject({ kind: 'retry' })
    answer?.()
    expect(await sending).toMatchObject({ kind: 'sent' })
    await closed[0]
  })
})

test('without a server each mail is a whole file named after its delivery', async () => {
  const outbox = await mkdtemp(join(tmpdir(), 'bursar-outbox-'))
  closing.push(() => rm(outbox, { recursive: true }))
  const mailer = mailerTo(undefined, { outbox: join(outbox, 'deep') })
  for (const _ of [1, 2]) expect(await mailer.send(SMALL, envelope, ID)).toMatchObject({ kind: 'sent' })
  expect(await readdir(join(outbox, 'deep'))).toEqual(['0b8a7f5e-0000-4000-8000-000000000001.eml'])
  expect(await readFile(join(outbox, 'deep', '0b8a7f5e-0000-4000-8000-000000000001.eml'))).toEqual(SMALL)
  const modeOf = async (path: string) => ((await stat(join(outbox, 'deep', path))).mode & 0o777).toString(8)
  expect(await Promise.all(['', '0b8a7f5e-0000-4000-8000-000000000001.eml'].map(modeOf))).toEqual(['700', '600'])
  expect(await mailerTo(undefined, { outbox: '/dev/null/x' }).send(SMALL, envelope, ID)).toMatchObject({
    kind: 'retry',
  })
  expect(await mailer.send(SMALL, envelope, '<../../etc/x@y>')).toMatchObject({ kind: 'refused', of: 'message' })
})
