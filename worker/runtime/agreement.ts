import { createHmac } from 'node:crypto'
import { domainToASCII } from 'node:url'
import type { Config } from '../config/config.ts'

/**
 * What every process of an installation that mails, links or keeps files goes by, as it may be kept and shown: no password,
 * no secret. A part is missing where a process does not need it, or leaves it to the others.
 */
export interface Agreement {
  /** Whereto mails leave: `smtp://user@host:port`, or `outbox`. */
  readonly mail?: string
  readonly mailFrom?: string
  /** `selector._domainkey.domain`, or `none`. */
  readonly dkim?: string
  /** A hash of the secret that signs links. */
  readonly secret?: string
  readonly publicUrl?: string
  /** Of an HTTP server that was told no `PUBLIC_URL`: a default for those who have none either. */
  readonly publicUrlByDefault?: string
  /** A bucket, or a folder and, after `#`, its own name: the same path may be another folder on another machine. */
  readonly storage?: string
}

/** The parts that a kind of work needs. */
export type Use = 'mail' | 'links' | 'files'

export interface Difference {
  readonly variable: string
  readonly own: string
  readonly agreed: string
  /** Taking it over unasked would mail nobody, break links that are out, or lose sight of files. */
  readonly isGrave: boolean
}

const OUTBOX = 'outbox'
const NONE = 'none'

export function agreementOf(
  config: Config,
  uses: readonly Use[],
  { secret, storage, serves }: { readonly secret: string; readonly storage: string; readonly serves: boolean },
): Agreement {
  const { dkim, named, mailFrom, publicUrl, smtpUrl } = config
  return {
    ...(uses.includes('mail') && {
      mail: smtpUrl ? withoutPassword(smtpUrl) : OUTBOX,
      dkim: dkim ? `${dkim.selector}._domainkey.${dkim.domain}` : NONE,
      ...(named.includes('MAIL_FROM') && { mailFrom: `${mailFrom.name} <${mailFrom.address}>`.trim() }),
    }),
    ...(uses.includes('links') && {
      secret: createHmac('sha256', secret).update('bursar installation').digest('hex'),
      ...(named.includes('PUBLIC_URL') ? { publicUrl } : serves && { publicUrlByDefault: publicUrl }),
    }),
    ...(uses.includes('files') && { storage }),
  }
}

/** For whoever is told of them: no secret is in it. */
export const listed = (differences: readonly Difference[]): string =>
  differences.map(({ variable, own, agreed }) => `  ${variable}: here ${own}; agreed ${agreed}`).join('\n')

/** What stands against joining. */
export function differencesOf(agreed: Agreement, own: Agreement): Difference[] {
  return PARTS.flatMap(({ part, variable, isGrave, show = String, isSame = Object.is }) => {
    const [there, here] = [agreed[part], own[part]]
    if (there === undefined || here === undefined || isSame(there, here)) return []
    return [{ variable, own: show(here), agreed: show(there), isGrave: isGrave(here, there) }]
  })
}

const whichSecret = (hash: string) => `the one whose hash begins with ${hash.slice(0, 8)}`
const identityOf = (storage: string) => storage.slice(storage.lastIndexOf('#') + 1)

const PARTS: readonly {
  readonly part: keyof Agreement
  readonly variable: string
  readonly isGrave: (own: string, agreed: string) => boolean
  readonly show?: (value: string) => string
  readonly isSame?: (one: string, other: string) => boolean
}[] = [
  {
    part: 'mail',
    variable: 'SMTP_URL',
    isGrave: (own) => own === OUTBOX,
    show: (value) => (value === OUTBOX ? 'none (mails are written to the outbox)' : value),
  },
  { part: 'mailFrom', variable: 'MAIL_FROM', isGrave: () => false },
  {
    part: 'dkim',
    variable: 'DKIM_DOMAIN, DKIM_SELECTOR',
    isGrave: (own) => own === NONE,
    isSame: (one, other) => domainToASCII(one) === domainToASCII(other),
  },
  { part: 'secret', variable: 'SECRET', isGrave: () => true, show: whichSecret },
  {
    part: 'publicUrl',
    variable: 'PUBLIC_URL',
    isGrave: () => false,
    isSame: (one, other) => new URL(one).href === new URL(other).href,
  },
  {
    part: 'storage',
    variable: 'STORAGE_URL',
    isGrave: () => true,
    isSame: (one, other) => identityOf(one) === identityOf(other),
    show: (value) => value.replace('#', ', '),
  },
]

/** Where it leads and as whom; options and the password stay where they are. */
function withoutPassword(url: string): string {
  const { protocol, username, hostname, port } = new URL(url)
  const host = domainToASCII(decodeURIComponent(hostname)) || hostname // of smtp: it comes with its letters escaped
  return `${protocol}//${username && `${username}@`}${host}${port && `:${port}`}`
}
