import { isIP } from 'node:net'
import { z } from 'zod'
import { type Mailbox as Named, parseMailbox } from '../values/address.ts'

/** Schemas of single variables. Each problem says what was expected; the caller adds name and value. */
const checked = <T>(expected: string, parse: (value: string) => T | undefined) =>
  z.string().transform((value, context): T => {
    const parsed = parse(value.trim())
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: `expected ${expected}` })
    return z.NEVER
  })

export const text = z.string().min(1)

export const integer = (least: number, most: number) =>
  checked(`a whole number from ${least} to ${most}`, (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= least && number <= most ? number : undefined
  })

/** `host`: the URL has to name one (PostgreSQL's may name a socket instead). */
export const urlOf = (expected: string, protocol: RegExp, host?: 'host') =>
  checked(expected, (value) => {
    const url = /^[a-z]+:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined
    return url && protocol.test(url.protocol) && (!host || url.hostname) ? value : undefined
  })

/** What links begin with: the host as ASCII, in which mail programs, browsers and certificates agree; no slash at the end. */
export const publicUrl = checked('http://host or https://host, and perhaps a path', (value) => {
  const url = /^https?:\/\//i.test(value) && URL.canParse(value) ? new URL(value) : undefined
  if (!url?.hostname || url.username || url.password || /[?#]/.test(value)) return undefined
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
})

/** A path after `file:`, relative or not, or a bucket. */
export const storageUrl = checked('file:PATH or s3://bucket/prefix', (value) => {
  if (value.startsWith('file:')) return /^file:(\/\/\/)?[^/]|^file:\/[^/]/.test(value) ? value : undefined
  return value.startsWith('s3://') && URL.canParse(value) && new URL(value).hostname ? value : undefined
})

/** Also several nodes: `redis+cluster://h:p,h:p`, `redis+sentinel://h:p,h:p/master`. */
export const redisUrl = checked(
  'redis://host:port, rediss://…, redis+cluster://host:port,host:port or redis+sentinel://host:port,host:port/master',
  (value) => {
    const single = /^rediss?:\/\//.test(value) && URL.canParse(value) && new URL(value).hostname
    return single || CLUSTER.test(value) || SENTINEL.test(value) ? value : undefined
  },
)
const NODES = String.raw`(?:[^@/\s]*@)?[\w.-]+(?::\d{1,5})?(?:,[\w.-]+(?::\d{1,5})?)*`
const CLUSTER = new RegExp(`^redis\\+cluster://${NODES}/?$`)
const SENTINEL = new RegExp(`^redis\\+sentinel://${NODES}/[^\\s/]+$`)

/** A name or address to listen on. */
export const host = checked('a host name or an address such as 127.0.0.1 or ::', (value) =>
  /^[\w.:%-]+$/.test(value) ? value : undefined,
)

/** How many proxies a request passes, or which addresses are theirs. */
export const proxies = checked(
  'a number of proxies from 1 to 10, or their addresses such as 10.0.0.0/8,192.168.1.7',
  (value): number | readonly string[] | undefined => {
    if (/^\d+$/.test(value)) return Number(value) >= 1 && Number(value) <= 10 ? Number(value) : undefined
    const addresses = value.split(',').map((address) => address.trim())
    return addresses.every(isAddressOrBlock) ? addresses : undefined
  },
)

function isAddressOrBlock(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const version = isIP(address)
  if (version === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128))
}

/** It travels in a header, so printable ASCII without spaces. */
export const secret = (least: number) =>
  checked(`${least} characters or more, printable ASCII without spaces`, (value) =>
    value.length >= least && /^[\x21-\x7e]+$/.test(value) ? value : undefined,
  )

export interface Mailbox extends Named {
  readonly domain: string
}

export const mailbox = checked('an address such as Bursar <bursar@example.com>', (value): Mailbox | undefined => {
  const found = parseMailbox(value)
  return found && { ...found, domain: found.address.slice(found.address.lastIndexOf('@') + 1) }
})

const ROLES = ['scheduler', 'worker', 'http'] as const

export const roles = checked(`some of ${ROLES.join(', ')}, joined by commas`, (value) => {
  const names = new Set(value.split(',').map((name) => name.trim()))
  const found = ROLES.filter((role) => names.has(role))
  return found.length === names.size ? found : undefined
})
