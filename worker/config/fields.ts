import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { parseAddress } from '../mail/address.ts'

export type StorageConfig =
  | { readonly kind: 'file'; readonly dir: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string }

export interface Mailbox {
  readonly name: string
  readonly address: string
  readonly domain: string
}

export interface Dkim {
  readonly domain: string
  readonly selector: string
  /** PEM. */
  readonly key: string
}

export const text = z.string().min(1)

export const integer = (least: number, most: number) =>
  z.string().transform((value, context) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    if (number >= least && number <= most) return number
    context.addIssue({ code: 'custom', message: `expected a whole number from ${least} to ${most}` })
    return z.NEVER
  })

export const urlOf = (expected: string, ...protocols: readonly string[]) =>
  z.string().refine((value) => protocols.includes(urlProtocol(value)), `expected ${expected}`)

/** Also several nodes: `redis+cluster://h:p,h:p`, `redis+sentinel://h:p,h:p/master`. */
export const redisUrl = z
  .string()
  .refine(
    (value) =>
      ['redis:', 'rediss:'].includes(urlProtocol(value)) ||
      /^redis\+cluster:\/\/([^@/]*@)?[^\s/]+$/.test(value) ||
      /^redis\+sentinel:\/\/([^@/]*@)?[^\s/]+\/[^\s/]+$/.test(value),
    'expected redis://host:port, rediss://…, redis+cluster://host:port,host:port or redis+sentinel://host:port,host:port/master',
  )

export const secret = (least: number) => z.string().min(least, `expected ${least} characters or more`)

export const mailbox = z.string().transform((value, context): Mailbox => {
  const parts = /^(?:([^<>"\r\n]*?)\s*<([^<>]+)>|([^<>\s]+))$/.exec(value.trim())
  const address = parseAddress(parts?.[2] ?? parts?.[3] ?? '')
  if (address) return { name: parts?.[1]?.trim() ?? '', address, domain: address.slice(address.lastIndexOf('@') + 1) }
  context.addIssue({ code: 'custom', message: 'expected an address such as Bursar <bursar@example.com>' })
  return z.NEVER
})

const ROLES = ['scheduler', 'worker', 'http'] as const
export const roles = z.string().transform((value, context) => {
  const names = [...new Set(value.split(',').map((name) => name.trim()))]
  const found = ROLES.filter((role) => names.includes(role))
  if (found.length === names.length) return found
  context.addIssue({ code: 'custom', message: `expected some of ${ROLES.join(', ')}, joined by commas` })
  return z.NEVER
})

export function storageOf(url: string | undefined, home: string): StorageConfig {
  if (url === undefined) return { kind: 'file', dir: join(home, 'files') }
  if (url.startsWith('file:'))
    return { kind: 'file', dir: resolve(url.slice('file:'.length).replace(/^\/\/(?=\/)/, '')) }
  const { hostname, pathname } = new URL(url)
  return { kind: 's3', bucket: hostname, prefix: pathname.replace(/^\/|\/$/g, '') }
}

/** All three settings or none; the key has to be one. */
export function readDkim(env: Record<string, string | undefined>): { value?: Dkim; problems: string[] } {
  const { DKIM_DOMAIN: domain, DKIM_SELECTOR: selector, DKIM_KEY_FILE: file } = env
  if (!domain && !selector && !file) return { problems: [] }
  const missing = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY_FILE'].filter((name) => !env[name])
  if (!domain || !selector || !file)
    return {
      problems: missing.map(
        (name) => `${name}: not set, expected all three of DKIM_DOMAIN, DKIM_SELECTOR, DKIM_KEY_FILE or none`,
      ),
    }
  try {
    const key = readFileSync(file, 'utf8')
    createPrivateKey(key)
    return { value: { domain, selector, key }, problems: [] }
  } catch (error) {
    return {
      problems: [
        `DKIM_KEY_FILE: ${JSON.stringify(file)}, expected a readable private key in PEM (${(error as Error).message})`,
      ],
    }
  }
}

/** A URL as it may be shown. */
export const withoutPassword = (value: string): string => value.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:…@')

function urlProtocol(value: string): string {
  try {
    return new URL(value).protocol
  } catch {
    return ''
  }
}
