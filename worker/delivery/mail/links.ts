import { DAY_MS } from '../../../db/values/durations.ts'
import { readToken, signToken } from './token.ts'

/** A file of a statement, for whoever has the link (docs/definitions.md, Mails), until `expires`. */
interface FileLink {
  readonly accountId: number
  readonly statementId: string
  readonly name: string
  readonly expires: Date
}

const LIFE_MS = 30 * DAY_MS

/** Counted from the delivery's making, not from the moment of sending, so that a repeat is the same mail byte for byte. */
export const linkExpiry = (deliveryCreatedAt: Date): Date => new Date(deliveryCreatedAt.getTime() + LIFE_MS)

/** The token of `/files/:token`. */
export function signFileLink(secret: string, link: FileLink): string {
  const seconds = Math.floor(link.expires.getTime() / 1000)
  return signToken(secret, 'file', [link.accountId, link.statementId, link.name, seconds])
}

/** What a token stands for; undefined when it is forged, of another kind, or past its end at `now`. */
export function verifyFileLink(secret: string, token: string, now: Date): FileLink | undefined {
  const [accountId, statementId, name, seconds] = readToken(secret, 'file', token) ?? []
  if (typeof accountId !== 'number' || typeof statementId !== 'string' || typeof name !== 'string') return undefined
  const expires = new Date(Number(seconds) * 1000)
  return now < expires ? { accountId, statementId, name, expires } : undefined
}
