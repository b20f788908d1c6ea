import { resolve } from 'node:path'
import { z } from 'zod'
import { type Dkim, readDkim } from './dkim.ts'
import * as field from './fields.ts'
import { withoutSecrets } from './redact.ts'
import { leastSessions, type Sessions, shareSessions, USUAL_SESSIONS } from './sessions.ts'
import { readStorage, type StorageConfig } from './storage.ts'
import { takeZones } from './zones.ts'

/** The process's environment: the only place where it is read. */
export const environment: Readonly<Record<string, string | undefined>> = process.env

type Role = 'scheduler' | 'worker' | 'http'

/** Everything that differs from one installation to another (docs/installing.md, Settings), checked and frozen. */
export interface Config {
  readonly home: string
  readonly databaseUrl?: string
  readonly replicaUrl?: string
  readonly redisUrl?: string
  /** Of PostgreSQL, of this process. */
  readonly sessions: Sessions
  readonly smtpUrl?: string
  readonly storage: StorageConfig
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  readonly mailFrom: field.Mailbox
  /** Which of these were set; the others are left to the installation (worker/runtime/installation.ts). */
  readonly named: readonly ('PUBLIC_URL' | 'MAIL_FROM')[]
  readonly dkim?: Dkim
  readonly adminToken?: string
  readonly secret?: string
  readonly roles: readonly Role[]
  readonly workerConcurrency: number
  /** Mails a second, of all workers together. */
  readonly mailRate: number
  /** Requests a minute per key, and per address without one. */
  readonly rateLimit: number
  /** Proxies whose word on a caller's address counts: how many hops, or their addresses. */
  readonly trustProxy?: number | readonly string[]
  readonly slowReaderSeconds: number
  /** Days for which files and mails are kept; undefined: for ever. */
  readonly retentionDays?: number
  readonly logLevel: string
  readonly otlpEndpoint?: string
}

/** Every problem of the environment at once; exit status 2 is the caller's. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`the environment is not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

const SCHEMA = z.object({
  BURSAR_HOME: field.text.default('.bursar'),
  DATABASE_URL: field.urlOf('postgres://user:password@host:port/database', /^postgres(ql)?:$/).optional(),
  REPLICA_URL: field.urlOf('postgres://user:password@host:port/database', /^postgres(ql)?:$/).optional(),
  DATABASE_CONNECTIONS: field.integer(leastSessions(true), 1000).default(USUAL_SESSIONS),
  REDIS_URL: field.redisUrl.optional(),
  SMTP_URL: field.urlOf('smtp://host:port or smtps://…', /^smtps?:$/, 'host').optional(),
  STORAGE_URL: field.storageUrl.optional(),
  HOST: field.host.default('127.0.0.1'),
  PORT: field.integer(0, 65_535).default(3000),
  PUBLIC_URL: field.publicUrl.optional(),
  MAIL_FROM: field.mailbox.default({ name: 'Bursar', address: 'bursar@localhost', domain: 'localhost' }),
  ADMIN_TOKEN: field.secret(16).optional(),
  SECRET: field.secret(16).optional(),
  ROLES: field.roles.default(['scheduler', 'worker', 'http']),
  WORKER_CONCURRENCY: field.integer(1, 100).default(10),
  MAIL_RATE: field.integer(1, 100_000).default(100),
  RATE_LIMIT: field.integer(1, 10_000_000).default(3000),
  TRUST_PROXY: field.proxies.optional(),
  SLOW_READER_SECONDS: field.integer(1, 3600).default(30),
  RETENTION_DAYS: field.integer(1, 36_500).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: field.urlOf('http://host or https://host', /^https?:$/, 'host').optional(),
})

type Demanded = 'ADMIN_TOKEN' | 'SECRET'

/**
 * Environment → Config. An empty value counts as none. `demanded` are the secrets that several machines have to agree
 * on, so that they must be named beside `DATABASE_URL`. Throws ConfigError with every problem.
 */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  demanded: readonly Demanded[] = [],
): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value))
  const parsed = SCHEMA.safeParse(given)
  const [dkim, storage] = [readDkim(given), readStorage(given)]
  const problems = [
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, given))),
    ...dkim.problems,
    ...storage.problems,
    ...takeZones(given).problems,
    ...listTooFew(given),
    ...listMissing(given, demanded),
  ]
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  const named = (['PUBLIC_URL', 'MAIL_FROM'] as const).filter((name) => given[name])
  return Object.freeze({ ...configOf(parsed.data, storage.value, dkim.value), named })
}

function listMissing(env: Record<string, string | undefined>, demanded: readonly Demanded[]): string[] {
  if (!env.DATABASE_URL) return env.REPLICA_URL ? ['DATABASE_URL: not set, expected beside REPLICA_URL'] : []
  return demanded.filter((name) => !env[name]).map(missingSecret)
}

/** A queue in PostgreSQL needs sessions of its own. */
function listTooFew({ DATABASE_CONNECTIONS: total = '', REDIS_URL }: Record<string, string | undefined>): string[] {
  const [least, leastWithRedis] = [leastSessions(false), leastSessions(true)]
  if (REDIS_URL || !(Number(total) >= leastWithRedis && Number(total) < least)) return []
  return [
    `DATABASE_CONNECTIONS: ${JSON.stringify(total)}, expected a whole number from ${least} to 1000 (from ${leastWithRedis} with REDIS_URL)`,
  ]
}

/** What is said where a secret is not set beside `DATABASE_URL`. */
export const missingSecret = (name: Demanded): string =>
  `${name}: not set, expected 16 characters or more, the same on every machine (required with DATABASE_URL)`

function configOf(env: z.output<typeof SCHEMA>, storage: StorageConfig, dkim: Dkim | undefined): Omit<Config, 'named'> {
  return {
    home: resolve(env.BURSAR_HOME),
    storage,
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL ?? ownUrl(env.HOST, env.PORT),
    mailFrom: env.MAIL_FROM,
    roles: env.ROLES,
    sessions: shareSessions(env.DATABASE_CONNECTIONS, Boolean(env.REDIS_URL)),
    workerConcurrency: env.WORKER_CONCURRENCY,
    mailRate: env.MAIL_RATE,
    rateLimit: env.RATE_LIMIT,
    slowReaderSeconds: env.SLOW_READER_SECONDS,
    ...(env.TRUST_PROXY && { trustProxy: env.TRUST_PROXY }),
    logLevel: env.LOG_LEVEL,
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    ...(env.REPLICA_URL && { replicaUrl: env.REPLICA_URL }),
    ...(env.REDIS_URL && { redisUrl: env.REDIS_URL }),
    ...(env.SMTP_URL && { smtpUrl: env.SMTP_URL }),
    ...(dkim && { dkim }),
    ...(env.ADMIN_TOKEN && { adminToken: env.ADMIN_TOKEN }),
    ...(env.SECRET && { secret: env.SECRET }),
    ...(env.RETENTION_DAYS && { retentionDays: env.RETENTION_DAYS }),
    ...(env.OTEL_EXPORTER_OTLP_ENDPOINT && { otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT }),
  }
}

const ownUrl = (host: string, port: number) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`

function problemOf(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0])
  return `${name}: ${withoutSecrets(name, given[name] ?? '')}, ${expectation(issue)}`
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`
  return issue.message
}
