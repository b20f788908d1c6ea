import { readToken, signToken } from './token.ts'

/** Which report of which partner an unsubscribe link turns off. */
export interface Subscription {
  readonly accountId: number
  readonly partnerId: string
  readonly report: string
}

/** The token of `/unsubscribe/:token`. It has no end: the link in an old mail must still work. */
export const unsubscribeToken = (secret: string, { accountId, partnerId, report }: Subscription): string =>
  signToken(secret, 'unsubscribe', [accountId, partnerId, report])

/** What a token stands for; undefined when it is forged. */
export function readUnsubscribeToken(secret: string, token: string): Subscription | undefined {
  const [accountId, partnerId, report] = readToken(secret, 'unsubscribe', token) ?? []
  if (typeof accountId !== 'number' || typeof partnerId !== 'string' || typeof report !== 'string') return undefined
  return { accountId, partnerId, report }
}
