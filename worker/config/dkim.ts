import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Dkim {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly key: string
}

const NAMES = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'] as const

/** All three settings or none; the key has to be one that DKIM knows. */
export function readDkim(env: Record<string, string | undefined>): { value?: Dkim; problems: string[] } {
  const { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_KEY_FILE: file } = env
  if (!domain && !selector && !file) return { problems: [] }
  const problems = NAMES.filter((name) => !env[name]).map(
    (name) => `${name}: not set, expected all three of ${NAMES.join(', ')} or none`,
  )
  if (domain && !DOMAIN.test(domain))
    problems.push(`DKIM_DOMAIN: ${JSON.stringify(domain)}, expected a domain such as example.com`)
  if (selector && !DOMAIN.test(selector))
    problems.push(`DKIM_SELECTOR: ${JSON.stringify(selector)}, expected a selector such as 2026q4`)
  const key = file ? readKey(file) : { value: '' }
  if (key.problem) problems.push(key.problem)
  if (problems.length > 0 || !domain || !selector || !key.value) return { problems }
  return { value: { domain, selector, key: key.value }, problems }
}

const DOMAIN = /^[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/i

/** RFC 8301, 3.2: a signer's key has 1024 bits at least. Ed25519 (RFC 8463) is not for it: the signer knows RSA alone. */
const LEAST_BITS = 1024

function readKey(file: string): { value?: string; problem?: string } {
  const expected = `DKIM_KEY_FILE: ${JSON.stringify(file)}, expected a readable private key in PEM, RSA of ${LEAST_BITS} bits or more`
  try {
    const value = readFileSync(file, 'utf8')
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = createPrivateKey(value)
    if (type !== 'rsa') return { problem: `${expected} (it is ${type})` }
    const bits = details?.modulusLength ?? 0
    return bits >= LEAST_BITS ? { value } : { problem: `${expected} (it has ${bits})` }
  } catch (error) {
    return { problem: `${expected} (${(error as Error).message})` }
  }
}
