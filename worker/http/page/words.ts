/** How a state of the ledger reads: a word always, and the tone of its colour beside it. */
export interface Word {
  readonly text: string
  readonly tone: 'good' | 'busy' | 'warn' | 'bad' | 'calm'
}
type Words = Readonly<Record<string, Word>>

const word = (text: string, tone: Word['tone']): Word => ({ text, tone })

export const RUN: Words = {
  queued: word('Queued', 'busy'),
  waiting: word('Waiting for facts', 'warn'),
  computing: word('Computing', 'busy'),
  rendering: word('Rendering', 'busy'),
  delivering: word('Delivering', 'busy'),
  succeeded: word('Succeeded', 'good'),
  partial: word('Partly failed', 'bad'),
  failed: word('Failed', 'bad'),
  cancelled: word('Cancelled', 'calm'),
}

/** A slot of the calendar is its run's state, or one of these. */
const SLOT: Words = {
  ...RUN,
  expected: word('Expected', 'calm'),
  missing: word('Missing', 'bad'),
  not_caught_up: word('Left out', 'calm'),
}

const STATEMENT: Words = {
  sealed: word('Sealed', 'busy'),
  rendered: word('Ready', 'good'),
  unchanged: word('Unchanged', 'calm'),
  skipped: word('Skipped', 'calm'),
  failed: word('Failed', 'bad'),
  cancelled: word('Cancelled', 'calm'),
}

export const DELIVERY: Words = {
  pending: word('Waiting', 'busy'),
  sending: word('Sending', 'busy'),
  sent: word('Sent', 'good'),
  unknown: word('Unknown', 'warn'),
  failed: word('Failed', 'bad'),
  suppressed: word('Suppressed', 'warn'),
  cancelled: word('Cancelled', 'calm'),
}

const ATTEMPT: Words = {
  sent: word('Sent', 'good'),
  retry: word('Tried again later', 'warn'),
  refused: word('Refused', 'bad'),
  unknown: word('Unknown', 'warn'),
  misconfigured: word('We were refused', 'bad'),
  slowed: word('Slowed down', 'warn'),
  doubtful: word('Looked into', 'warn'),
  suppressed: word('Suppressed', 'warn'),
  unsubscribed: word('Unsubscribed', 'calm'),
  died: word('Process ended', 'warn'),
}

const WORDS = { run: RUN, slot: SLOT, statement: STATEMENT, delivery: DELIVERY, attempt: ATTEMPT }

/** A state that nobody has named yet reads as it stands. */
export const wordOf = (kind: keyof typeof WORDS, state: string): Word => WORDS[kind][state] ?? word(state, 'calm')

/** What a delivery in this state means, for somebody who has to decide what to do. */
export const DELIVERY_MEANING: Readonly<Record<string, string>> = {
  pending:
    'Not sent yet. It is tried again by itself: for up to 24 hours where it is put off, for as long as it takes where the mail server refuses us or wants fewer mails.',
  sending: 'A worker is sending it at this moment.',
  sent: 'The mail server has taken the mail.',
  unknown:
    'The connection ended before the mail server’s answer. The mail may or may not have arrived; ask before you resend.',
  failed: 'The mail server refused it for good, or it could not be made. Nothing more is tried by itself.',
  suppressed:
    'An earlier mail to this address was refused for good. Mend the address in the facts or delete the suppression, then retry the run.',
  cancelled: 'Not sent: the run was cancelled, the partner unsubscribed, or another delivery took its place.',
}

const REASONS: Readonly<Record<string, string>> = {
  no_activity: 'No activity in the period',
  opted_out: 'Does not want this report',
  suppressed: 'The address is suppressed',
  no_address: 'No address',
  unreadable_address: 'The address cannot be read',
  mail_off: 'Run without mail',
}

/** Why a statement was not sent (docs/definitions.md, Guarantees). */
export const reasonOf = (reason: string): string => REASONS[reason] ?? reason

const TRIGGERS: Readonly<Record<string, string>> = {
  schedule: 'By its schedule',
  http: 'By a person or program',
  cli: 'From the command line',
  restatement: 'By itself, when the facts had come',
}
export const triggerOf = (trigger: string): string => TRIGGERS[trigger] ?? trigger

const POLICIES: Readonly<Record<string, string>> = {
  latest: 'the latest missed period',
  all: 'every missed period',
  none: 'nothing',
}
export const policyOf = (policy: string): string => POLICIES[policy] ?? policy

/** A name of code or of a field as a person reads it: `reseller_weekly` → "Reseller weekly". */
export function humanised(name: string): string {
  const text = name.replaceAll(/[_-]+/g, ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}
