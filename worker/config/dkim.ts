import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { domainToASCII } from 'node:url'

export interface Dkim {
  /** ASCII, as a signature has it (RFC 6376, 3.5). */
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
  const signed = domain ? readDomain(domain) : undefined
  if (domain && !signed) problems.push(`DKIM_DOMAIN: ${JSON.stringify(domain)}, expected a domain such as example.com`)
  const found = selector ? readSelector(selector, signed) : undefined
  if (selector && !found)
    problems.push(
      `DKIM_SELECTOR: ${JSON.stringify(selector)}, expected a selector such as 2026q4, what stands before ._domainkey.${signed ?? 'example.com'} in the DNS`,
    )
  const key = file ? readKey(file) : { value: '' }
  if (key.problem) problems.push(key.problem)
  if (problems.length > 0 || !signed || !found || !key.value) return { problems }
  return { value: { domain: signed, selector: found, key: key.value }, problems }
}

const DOMAIN = /^[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/i
const RECORD = '_domainkey'

/** As ASCII in lower case; undefined for what is none, and for the name of a DNS record in place of a domain. */
function readDomain(text: string): string | undefined {
  const domain = domainToASCII(text.trim()).replace(/\.$/, '')
  return DOMAIN.test(domain) && !domain.split('.').includes(RECORD) ? domain : undefined
}

/** Also out of the whole name of its DNS record, which is what people have at hand: `2026q4._domainkey.example.com`. */
function readSelector(text: string, domain: string | undefined): string | undefined {
  const [selector = '', ofDomain, ...more] = text.trim().split(`.${RECORD}`)
  const isOurs = !ofDomain || ofDomain === '.' || readDomain(ofDomain.slice(1)) === domain
  const isOne = DOMAIN.test(selector) && !selector.split('.').includes(RECORD)
  return isOne && isOurs && more.length === 0 ? selector : undefined
}

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
