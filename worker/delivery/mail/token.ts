import { createHmac, timingSafeEqual } from 'node:crypto'

type Claims = readonly (string | number)[]

/** `claims` in the clear, and an HMAC over them and the `kind`: a token of one kind is worth nothing as another. */
export function signToken(secret: string, kind: string, claims: Claims): string {
  const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
  return `${payload}.${mac(secret, kind, payload)}`
}

/** The claims; undefined for what `signToken` did not write letter by letter. Takes the same time for every wrong one. */
export function readToken(secret: string, kind: string, token: string): Claims | undefined {
  const [payload = '', signature = ''] = token.split('.')
  const expected = Buffer.from(`${payload}.${mac(secret, kind, payload)}`)
  const given = Buffer.from(token)
  if (signature === '' || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

/** An HMAC of the installation over `payload`, worth nothing for another kind. */
export const mac = (secret: string, kind: string, payload: string) =>
  createHmac('sha256', secret).update(`bursar:${kind}:${payload}`).digest('base64url')
