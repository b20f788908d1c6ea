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

function readKey(file: string): { value?: string; problem?: string } {
  const expected = `DKIM_KEY_FILE: ${JSON.stringify(file)}, expected a readable private key in PEM, RSA or Ed25519`
  try {
    const value = readFileSync(file, 'utf8')
    const { asymmetricKeyType: type } = createPrivateKey(value)
    return type === 'rsa' || type === 'ed25519' ? { value } : { problem: `${expected} (it is ${type})` }
  } catch (error) {
    return { problem: `${expected} (${(error as Error).message})` }
  }
}
