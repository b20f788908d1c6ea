import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../../worker/config/config.ts'

const folder = mkdtempSync(join(tmpdir(), 'bursar-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const problemsOf = (
  env: Record<string, string>,
  demanded: Parameters<typeof readConfig>[1] = [],
): readonly string[] => {
  try {
    readConfig(env, demanded)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

test('nothing set: every default', () => {
  expect(readConfig({ PORT: '' })).toEqual({
    home: resolve('.bursar'),
    storage: { kind: 'file', dir: resolve('.bursar/files') },
    host: '127.0.0.1',
    port: 3000,
    publicUrl: 'http://127.0.0.1:3000',
    mailFrom: { name: 'Bursar', address: 'bursar@localhost', domain: 'localhost' },
    roles: ['scheduler', 'worker', 'http'],
    sessions: { ledger: 7, figures: 3, http: 10, queue: 7 },
    workerConcurrency: 10,
    mailRate: 100,
    rateLimit: 3000,
    slowReaderSeconds: 30,
    logLevel: 'info',
    named: [],
  })
  expect(Object.isFrozen(readConfig({}))).toBe(true)
})

test.each([
  ['DATABASE_URL', 'mysql://u:p@h/d', 'postgres://'],
  ['DATABASE_URL', 'postgres:d', 'postgres://'],
  ['REDIS_URL', 'http://h', 'redis://'],
  ['REDIS_URL', 'redis+sentinel://h:1,h:2', 'redis+sentinel://'],
  ['SMTP_URL', 'smtp:relay', 'smtp://'],
  ['STORAGE_URL', 's3:bucket', 's3://bucket/prefix'],
  ['DATABASE_CONNECTIONS', '9', 'from 10 to 1000'],
  ['DATABASE_CONNECTIONS', '14', 'from 15 to 1000 (from 10 with REDIS_URL)'],
  ['STORAGE_URL', 'file:', 'file:PATH'],
  ['HOST', 'a b', 'host name'],
  ['PORT', '65536', 'from 0 to 65535'],
  ['PORT', '-1', 'from 0 to 65535'],
  ['PORT', '3000x', 'from 0 to 65535'],
  ['PORT', '1e3', 'from 0 to 65535'],
  ['PUBLIC_URL', 'bursar.example.com', 'https://'],
  ['PUBLIC_URL', 'https://bursar.example.com/?tenant=1', 'https://'],
  ['MAIL_FROM', 'nobody', 'Bursar <bursar@example.com>'],
  ['MAIL_FROM', 'A <a@b.com>, B <c@d.com>', 'Bursar <bursar@example.com>'],
  ['MAIL_FROM', 'A\nBcc: x <a@b.com>', 'Bursar <bursar@example.com>'],
  ['ROLES', 'worker,admin', 'scheduler, worker, http'],
  ['WORKER_CONCURRENCY', '0', 'from 1'],
  ['MAIL_RATE', '-5', 'from 1'],
  ['RATE_LIMIT', 'many', 'from 1'],
  ['TRUST_PROXY', 'true', 'a number of proxies'],
  ['TRUST_PROXY', '0', 'a number of proxies'],
  ['TRUST_PROXY', '10.0.0.0/33', '10.0.0.0/8'],
  ['TRUST_PROXY', '10.0.0.1,proxy.example', '10.0.0.0/8'],
  ['SLOW_READER_SECONDS', '0', 'from 1'],
  ['TZDATA_FILE', '/nowhere/tz.json', 'not older than those of this version'],
  ['TZDATA_FILE', 'package.json', 'its version is "0.1.0"'],
  ['LOG_LEVEL', 'loud', 'fatal, error, warn'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', 'http://'],
])('%s=%s is refused with name, value and what was expected', (name, value, expected) => {
  const [problem = '', ...others] = problemsOf({ [name]: value })
  expect(others).toEqual([])
  expect(problem).toContain(`${name}: ${JSON.stringify(value).replace('u:p@', '…@')}`)
  expect(problem).toContain(expected)
})

test('whatever the number of sessions, each share has what it needs, and together they are that number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 1000 }), fc.boolean(), (total, hasRedis) => {
      fc.pre(hasRedis || total >= 15)
      const env = { DATABASE_CONNECTIONS: String(total), ...(hasRedis && { REDIS_URL: 'redis://h' }) }
      const { ledger, figures, http, queue } = readConfig(env).sessions
      expect(ledger + figures + http + queue).toBe(total)
      expect([ledger >= 5, figures >= 2, http >= 3, hasRedis ? queue === 0 : queue >= 5]).toEqual([
        true,
        true,
        true,
        true,
      ])
    }),
  )
})

test('every problem in one go, of single variables and of several together', () => {
  const env = {
    PORT: 'x',
    ROLES: 'y',
    DKIM_DOMAIN: 'example.com',
    DATABASE_URL: 'postgres://h/d',
    ADMIN_TOKEN: 'short',
    STORAGE_URL: 's3://b',
  }
  const names = problemsOf(env, ['ADMIN_TOKEN', 'SECRET']).map((problem) => problem.split(':')[0])
  expect(names.sort()).toEqual([
    'ADMIN_TOKEN',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'DKIM_KEY_FILE',
    'DKIM_SELECTOR',
    'PORT',
    'ROLES',
    'SECRET',
  ])
})

test('the secrets are demanded only beside DATABASE_URL, and only by who needs them', () => {
  const env = { DATABASE_URL: 'postgres://h/d' }
  expect(problemsOf(env)).toEqual([])
  expect(problemsOf({}, ['ADMIN_TOKEN', 'SECRET'])).toEqual([])
  expect(problemsOf(env, ['ADMIN_TOKEN', 'SECRET'])).toHaveLength(2)
  expect(problemsOf({ REPLICA_URL: 'postgres://h/d' })).toEqual([expect.stringContaining('DATABASE_URL: not set')])
})

test('no problem ever shows a password, a token or a secret', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9/?#:+ ]{0,10}hunter2[A-Za-z0-9/@?#:+ ]{0,10}$/)
  const scheme = fc.constantFrom('postgres', 'mysql', 'redis', 'smtp', 'redis+cluster', 'x', '')
  const separator = fc.constantFrom('://', ':', ':/', '//', '')
  fc.assert(
    fc.property(secret, scheme, separator, (password, name, colon) => {
      const url = `${name}${colon}user:${password}@host`
      const env = {
        DATABASE_URL: url,
        REDIS_URL: url,
        SMTP_URL: url,
        ADMIN_TOKEN: `${password} é`,
        SECRET: `${password} é`,
      }
      expect(problemsOf({ ...env, PORT: 'x' }).join('\n')).not.toContain('hunter2')
    }),
  )
  const query = problemsOf({ DATABASE_URL: 'pg://host/db?user=u&password=hunter2&sslmode=x' }).join('\n')
  expect(query).not.toContain('hunter2')
})

test.each([
  ['"Acme, Inc." <pay@acme.example>', { name: 'Acme, Inc.', address: 'pay@acme.example', domain: 'acme.example' }],
  ['pay@ACME.example', { name: '', address: 'pay@acme.example', domain: 'acme.example' }],
  ['Zażółć <a@b.example>', { name: 'Zażółć', address: 'a@b.example', domain: 'b.example' }],
])('MAIL_FROM=%s', (given, expected) => expect(readConfig({ MAIL_FROM: given }).mailFrom).toEqual(expected))

test.each([
  ['redis://h'],
  ['rediss://u:p@h:6380/1'],
  ['redis+cluster://a:1,b:2'],
  ['redis+cluster://u:p@a:1,b:2'],
  ['redis+sentinel://a:1,b/main'],
])('REDIS_URL=%s', (given) => expect(readConfig({ REDIS_URL: given }).redisUrl).toBe(given))

test.each([
  ['file:files', resolve('files')],
  ['file:./a b', resolve('a b')],
  ['file:/var/files', '/var/files'],
  ['file:///var/fi%20les', '/var/fi les'],
])('STORAGE_URL=%s', (given, dir) => expect(readConfig({ STORAGE_URL: given }).storage).toEqual({ kind: 'file', dir }))

test('a bucket with its keys, region and endpoint', () => {
  const env = {
    STORAGE_URL: 's3://statements/eu/prod/',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: 'http://minio:9000/',
  }
  expect(readConfig(env).storage).toEqual({
    kind: 's3',
    bucket: 'statements',
    prefix: 'eu/prod',
    region: 'eu-central-1',
    endpoint: 'http://minio:9000',
    accessKeyId: 'id',
    secretAccessKey: 'key',
  })
})

const keyFile = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return { DKIM_DOMAIN: 'example.com', DKIM_SELECTOR: '2026q4', DKIM_KEY_FILE: join(folder, name) }
}
const pem = ({ privateKey }: { privateKey: KeyObject }) =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const rsa = (modulusLength: number) => pem(generateKeyPairSync('rsa', { modulusLength }))

test.each([
  ['Münchner-Büro.example', 's1', 'xn--mnchner-bro-thbi.example', 's1'],
  ['example.com.', 'a.b', 'example.com', 'a.b'],
  ['example.com', '2026', 'example.com', '2026'],
  ['example.com', '2026q4._domainkey', 'example.com', '2026q4'],
  ['Example.com', '2026q4._domainkey.example.com.', 'example.com', '2026q4'],
  ['münchen.example', 's1._domainkey.münchen.example', 'xn--mnchen-3ya.example', 's1'],
])('DKIM_DOMAIN=%s, DKIM_SELECTOR=%s: as the signature has them', (domain, selector, ofDomain, ofSelector) => {
  const env = { ...keyFile('named.pem', rsa(1024)), DKIM_DOMAIN: domain, DKIM_SELECTOR: selector }
  expect(readConfig(env).dkim).toMatchObject({ domain: ofDomain, selector: ofSelector })
})

test.each([
  ['DKIM_SELECTOR', '_domainkey'],
  ['DKIM_SELECTOR', 's1._domainkey.other.example'],
  ['DKIM_SELECTOR', 's1._domainkey._domainkey.example.com'],
  ['DKIM_SELECTOR', 's1 s2'],
  ['DKIM_DOMAIN', 's1._domainkey.example.com'],
  ['DKIM_DOMAIN', 'a b'],
])('%s=%s is no name that a signature can have', (name, value) => {
  const problems = problemsOf({ ...keyFile('named.pem', rsa(1024)), [name]: value })
  expect(problems).toEqual([expect.stringContaining(`${name}: ${JSON.stringify(value)}, expected a`)])
})

test('DKIM: all three settings, and a key that is one', () => {
  const key = rsa(1024)
  expect(readConfig(keyFile('good.pem', key)).dkim).toEqual({ domain: 'example.com', selector: '2026q4', key })
  expect(problemsOf(keyFile('other.pem', pem(generateKeyPairSync('ed25519'))))).toEqual([
    expect.stringContaining('RSA of 1024 bits or more (it is ed25519)'),
  ])
  expect(problemsOf(keyFile('short.pem', rsa(512)))).toEqual([expect.stringContaining('it has 512')])
  expect(problemsOf(keyFile('bad.pem', 'nonsense'))).toEqual([expect.stringContaining('DKIM_KEY_FILE')])
  expect(problemsOf({ ...keyFile('good.pem', key), DKIM_KEY_FILE: join(folder, 'none') })).toEqual([
    expect.stringContaining('ENOENT'),
  ])
})

test.each([
  ['::1', 'http://[::1]:8080'],
  ['0.0.0.0', 'http://0.0.0.0:8080'],
])('PUBLIC_URL follows HOST=%s', (HOST, url) => expect(readConfig({ HOST, PORT: '8080' }).publicUrl).toBe(url))

test.each([
  ['https://pay.example.com/base/', 'https://pay.example.com/base'],
  ['https://Abrechnung.Münchner-Büro.example/', 'https://abrechnung.xn--mnchner-bro-thbi.example'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
])('PUBLIC_URL=%s: its host as mail programs have it, without a last slash', (given, expected) => {
  expect(readConfig({ PUBLIC_URL: given }).publicUrl).toBe(expected)
})

test('who is trusted with callers’ addresses: so many proxies, or those', () => {
  expect(readConfig({ TRUST_PROXY: '2' }).trustProxy).toBe(2)
  expect(readConfig({ TRUST_PROXY: '10.0.0.0/8, ::1,192.168.1.7' }).trustProxy).toEqual([
    '10.0.0.0/8',
    '::1',
    '192.168.1.7',
  ])
  expect(readConfig({}).trustProxy).toBeUndefined()
})
