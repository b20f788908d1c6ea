import { describe, expect, test } from 'vitest'
import { answerOf } from '../../../../worker/delivery/mail/answer.ts'
import { type Answer, withoutAddresses } from '../../../../worker/delivery/outcome.ts'

type Command = 'CONN' | 'AUTH PLAIN' | 'MAIL FROM' | 'RCPT TO' | 'DATA'
const said = (response: string, command: Command, ended = false): Answer => {
  const responseCode = Number(response.slice(0, 3))
  const code = command === 'CONN' ? 'EPROTOCOL' : command === 'AUTH PLAIN' ? 'EAUTH' : 'EENVELOPE'
  return answerOf({ message: 'it failed', code, response, responseCode, command }, ended)
}
const word = (answer: Answer) =>
  answer.kind === 'refused' || answer.kind === 'doubtful' ? `${answer.kind} ${answer.of}` : answer.kind

/** What servers say, word by word, as Postfix 3.7, Exim 4.96, OpenSMTPD 6.8, Dovecot 2.3, postgrey and policyd-spf were heard to. */
const HEARD: readonly [server: string, answer: string, command: Command, outcome: string][] = [
  [
    'Postfix, unknown user',
    '550 5.1.1 <ann@x.example>: Recipient address rejected: User unknown in virtual mailbox table',
    'RCPT TO',
    'refused recipient',
  ],
  [
    'Postfix, relay, as Debian sets it up',
    '454 4.7.1 <ann@x.example>: Relay access denied',
    'RCPT TO',
    'misconfigured',
  ],
  ['Postfix, relay', '554 5.7.1 <ann@x.example>: Relay access denied', 'RCPT TO', 'misconfigured'],
  [
    'Postfix, submission without login',
    '554 5.7.1 <ann@x.example>: Recipient address rejected: Access denied',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, client restriction',
    '554 5.7.1 <unknown[10.0.0.1]>: Client host rejected: Access denied',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, sender of somebody else',
    '553 5.7.1 <b@o.example>: Sender address rejected: not owned by user bursar-user',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, sender without login',
    '553 5.7.1 <b@o.example>: Sender address rejected: not logged in',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, sender access',
    '554 5.7.1 <b@o.example>: Sender address rejected: Access denied',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, block list',
    '554 5.7.1 Service unavailable; Client host [10.0.0.1] blocked using bl.example',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, block list at once',
    '554 5.7.1 Service unavailable; Client host [10.0.0.1] blocked using bl.example',
    'CONN',
    'misconfigured',
  ],
  [
    'postscreen, block list',
    '550 5.7.1 Service unavailable; client [10.0.0.1] blocked using bl.example',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'policyd-spf',
    '550 5.7.23 <ann@x.example>: Recipient address rejected: Message rejected due to: SPF fail',
    'RCPT TO',
    'misconfigured',
  ],
  ['Dovecot, quota', '552 5.2.2 <ann@x.example>: Recipient address rejected: Mailbox is full', 'RCPT TO', 'retry'],
  [
    'Postfix, domain of the sender',
    '450 4.1.8 <b@o.example>: Sender address rejected: Domain not found',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Postfix, domain of the recipient',
    '450 4.1.2 <ann@x.example>: Recipient address rejected: Domain not found',
    'RCPT TO',
    'retry',
  ],
  [
    'Postfix, unverified',
    '450 4.1.1 <ann@x.example>: Recipient address rejected: unverified address: host mx said: 550 5.1.1 no',
    'RCPT TO',
    'retry',
  ],
  [
    'postgrey',
    '450 4.2.0 <ann@x.example>: Recipient address rejected: Greylisted, see http://postgrey.example',
    'RCPT TO',
    'retry',
  ],
  ['postscreen, first visit', '450 4.3.2 Service currently unavailable', 'RCPT TO', 'retry'],
  ['Postfix, too many mails', '450 4.7.1 Error: too much mail from 10.0.0.1', 'MAIL FROM', 'slowed'],
  ['Postfix, too many recipients', '450 4.7.1 Error: too many recipients from 10.0.0.1', 'RCPT TO', 'slowed'],
  ['Postfix, too many connections', '421 4.7.0 mx Error: too many connections from 10.0.0.1', 'CONN', 'slowed'],
  ['Postfix, disk full', '452 4.3.1 Insufficient system storage', 'MAIL FROM', 'slowed'],
  ['Postfix, milter away', '451 4.7.1 Service unavailable - try again later', 'MAIL FROM', 'slowed'],
  ['Postfix, milter away at the end', '451 4.7.1 Service unavailable - try again later', 'DATA', 'retry'],
  ['Postfix, header check', '550 5.7.1 message content rejected', 'DATA', 'refused message'],
  ['Exim, relay', '550 relay not permitted', 'RCPT TO', 'misconfigured'],
  ['Exim, unknown user or domain', '550 Unrouteable address', 'RCPT TO', 'doubtful recipient'],
  ['Exim, o&m@', '550 restricted characters in address', 'RCPT TO', 'doubtful recipient'],
  [
    'Exim, domain of the sender',
    '550-Verification failed for <b@o.example>\n550-Unrouteable address\n550 Sender verification failed',
    'RCPT TO',
    'misconfigured',
  ],
  [
    'Exim, its own block list',
    '550-sender IP address 10.0.0.1 is locally blacklisted here. If you think\n550 this is wrong, get in touch with postmaster',
    'RCPT TO',
    'misconfigured',
  ],
  ['Exim, block list at once', '550 10.0.0.1 is listed at bl.example', 'CONN', 'misconfigured'],
  [
    'Exim, callout',
    '550-Callout verification failed:\n550 524 5.2.4 Mailing list expansion problem',
    'RCPT TO',
    'doubtful recipient',
  ],
  ['Exim, rate, refused', '550 Sender rate 5.0 / 1h exceeded', 'MAIL FROM', 'misconfigured'],
  ['Exim, rate, put off', '451 Sender rate 3.0 / 1h exceeded', 'MAIL FROM', 'slowed'],
  [
    'OpenSMTPD, unknown user',
    '524 5.2.4 Mailing list expansion problem: <ann@x.example>',
    'RCPT TO',
    'doubtful recipient',
  ],
  ['OpenSMTPD, relay', '550 Invalid recipient: <ann@x.example>', 'RCPT TO', 'doubtful recipient'],
  ['OpenSMTPD, syntax', '501 5.1.3 Recipient address syntax error', 'RCPT TO', 'refused recipient'],
]

/** And what others are known to say. */
const KNOWN: readonly [server: string, answer: string, command: Command, outcome: string][] = [
  ['domain that takes no mail', '556 5.1.10 Recipient address has a null MX', 'RCPT TO', 'refused recipient'],
  ['mailbox closed', '550 5.2.1 The email account is disabled', 'RCPT TO', 'refused recipient'],
  ['moved', '551 5.1.6 Recipient no longer on server', 'RCPT TO', 'refused recipient'],
  ['daily limit', '550 5.4.5 Daily user sending limit exceeded', 'RCPT TO', 'misconfigured'],
  ['daily limit, late', '550 5.4.5 Daily user sending limit exceeded', 'DATA', 'misconfigured'],
  ['DMARC', '550 5.7.26 Unauthenticated email from o.example is not accepted', 'DATA', 'misconfigured'],
  ['bad sender', '550 5.1.7 Invalid sender address', 'RCPT TO', 'misconfigured'],
  ['login wanted', '530 5.7.0 Authentication required', 'RCPT TO', 'misconfigured'],
  ['login wanted, without status', '530 Authentication required', 'RCPT TO', 'misconfigured'],
  ['login wanted, as a wrong sequence', '503 5.5.1 Error: authentication not enabled', 'MAIL FROM', 'misconfigured'],
  ['530 that speaks of no login', '530 no such person', 'RCPT TO', 'doubtful recipient'],
  ['wrong password', '535 5.7.8 Error: authentication failed', 'AUTH PLAIN', 'misconfigured'],
  ['login server away', '454 4.7.0 Temporary authentication failure', 'AUTH PLAIN', 'slowed'],
  ['full, without status', '550 mailbox is full', 'RCPT TO', 'retry'],
  ['552 without status', '552 no room', 'RCPT TO', 'retry'],
  ['full today', '452 4.2.2 over quota', 'RCPT TO', 'retry'],
  ['full at the end', '552 5.2.2 over quota', 'DATA', 'retry'],
  ['too large', '552 5.3.4 Message size exceeds fixed limit', 'MAIL FROM', 'refused message'],
  ['too large, without status', '552 too big', 'MAIL FROM', 'refused message'],
  ['too large for one', '550 5.2.3 message too large for this mailbox', 'RCPT TO', 'refused message'],
  [
    'no letters beyond ASCII further on',
    '553 5.6.7 SMTPUTF8 not supported by the next host',
    'RCPT TO',
    'refused message',
  ],
  ['another reason', '550 5.4.4 no route to host', 'RCPT TO', 'doubtful message'],
  ['another reason, unsaid', '550 5.0.0 rejected', 'RCPT TO', 'doubtful message'],
  ['hangs up at the recipient', '421 4.7.0 try again later', 'RCPT TO', 'slowed'],
  ['gets too many for one', '450 4.2.1 The user is receiving mail at a rate that is too high', 'RCPT TO', 'retry'],
  ['hangs up at the end', '421 4.3.2 going down', 'DATA', 'retry'],
  ['greylisting', '451 4.7.1 Greylisting in action, please come back later', 'RCPT TO', 'retry'],
]

describe('an answer', () => {
  test.each([...HEARD, ...KNOWN])('%s: %s', (_server, answer, command, outcome) => {
    expect(word(said(answer, command))).toBe(outcome)
  })

  test('after the final dot is about this mail, whatever nodemailer calls the command', () => {
    expect(said('421 4.3.2 going down', 'CONN', true)).toMatchObject({ kind: 'retry' })
    expect(said('554 5.7.1 spam', 'CONN', true)).toMatchObject({ kind: 'refused', of: 'message' })
  })

  test('that never came is a lost connection: unknown only once it may have been taken', () => {
    const lost = { message: 'Connection closed unexpectedly', code: 'ECONNECTION', command: 'CONN' }
    expect([answerOf(lost, false).kind, answerOf(lost, true).kind]).toEqual(['retry', 'unknown'])
    expect(answerOf({ message: 'x', code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' }, false).kind).toBe(
      'misconfigured',
    )
    expect(answerOf({ message: 'Message size larger than allowed 10', code: 'EMESSAGE' }, false)).toMatchObject({
      of: 'message',
    })
  })
})

test.each([
  [
    '530 5.7.0 Authentication required to send to <p0@partner0.example>',
    'p0@partner0.example',
    '530 5.7.0 Authentication required to send to <…>',
  ],
  ['550 <"odd one"@x.example>: no', 'a@b.example', '550 <…>: no'],
  ['550 jörg@bücher.test is unknown', 'jörg@xn--bcher-kva.test', '550 … is unknown'],
  ['550 user ann.lee unknown (ann.lee)', 'ann.lee@x.example', '550 user … unknown (…)'],
  ['550 b+ann=x.example@relay.example: no', 'ann@x.example', '550 …: no'],
  ['550 https://x.example/?who=ann%40x.example', 'zoe@x.example', '550 https:…'],
  ['250 ok', '', '250 ok'],
  ['550 (.* no', '(.*@x.example', '550 … no'],
])('%s is logged without addresses', (reply, to, shown) => {
  expect(withoutAddresses(reply, to)).toBe(shown)
})
