import { resolve } from 'node:path'
import { z } from 'zod'
import * as field from './config/fields.ts'

/** The process's environment: the only place where it is read. */
export const environment: Readonly<Record<string, string | undefined>> = process.env

export type Role = 'scheduler' | 'worker' | 'http'

/** Everything that differs from one installation to another (SPEC 2), checked and frozen. */
export interface Config {
  readonly home: string
  readonly databaseUrl?: string
  readonly replicaUrl?: string
  readonly redisUrl?: string
  readonly smtpUrl?: string
  readonly storage: field.StorageConfig
  readonly host: string
  readonly port: number
  readonly publicUrl: string
  readonly mailFrom: field.Mailbox
  readonly dkim?: field.Dkim
  readonly adminToken?: string
  readonly secret?: string
  readonly roles: readonly Role[]
  readonly workerConcurrency: number
  /** Mails a second, of all workers together. */
  readonly mailRate: number
  /** Requests a minute per key, and per address without one. */
  readonly rateLimit: number
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
  DATABASE_URL: field.urlOf('a postgres:// URL', 'postgres:', 'postgresql:').optional(),
  REPLICA_URL: field.urlOf('a postgres:// URL', 'postgres:', 'postgresql:').optional(),
  REDIS_URL: field.redisUrl.optional(),
  SMTP_URL: field.urlOf('an smtp:// or smtps:// URL', 'smtp:', 'smtps:').optional(),
  STORAGE_URL: field.urlOf('file:PATH or s3://bucket/prefix', 'file:', 's3:').optional(),
  HOST: field.text.default('127.0.0.1'),
  PORT: field.integer(0, 65_535).default(3000),
  PUBLIC_URL: field.urlOf('an http:// or https:// URL', 'http:', 'https:').optional(),
  MAIL_FROM: field.mailbox.default({ name: 'Bursar', address: 'bursar@localhost', domain: 'localhost' }),
  DKIM_DOMAIN: field.text.optional(),
  DKIM_SELECTOR: field.text.optional(),
  DKIM_KEY_FILE: field.text.optional(),
  ADMIN_TOKEN: field.secret(16).optional(),
  SECRET: field.secret(16).optional(),
  ROLES: field.roles.default(['scheduler', 'worker', 'http']),
  WORKER_CONCURRENCY: field.integer(1, 100).default(10),
  MAIL_RATE: field.integer(1, 100_000).default(100),
  RATE_LIMIT: field.integer(1, 10_000_000).default(3000),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  OTEL_EXPORTER_OTLP_ENDPOINT: field.urlOf('an http:// or https:// URL', 'http:', 'https:').optional(),
})

/** Environment → Config. An empty value counts as none. Throws ConfigError with every problem. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const known = Object.keys(SCHEMA.shape)
  const given = Object.fromEntries(known.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const parsed = SCHEMA.safeParse(given)
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => problemOf(issue, given))
  const dkim = field.readDkim(given)
  problems.push(...dkim.problems)
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(configOf(parsed.data, dkim.value))
}

function configOf(env: z.output<typeof SCHEMA>, dkim: field.Dkim | undefined): Config {
  const home = resolve(env.BURSAR_HOME)
  return {
    home,
    storage: field.storageOf(env.STORAGE_URL, home),
    host: env.HOST,
    port: env.PORT,
    publicUrl: (env.PUBLIC_URL ?? `http://${env.HOST.includes(':') ? `[${env.HOST}]` : env.HOST}:${env.PORT}`).replace(
      /\/+$/,
      '',
    ),
    mailFrom: env.MAIL_FROM,
    roles: env.ROLES,
    workerConcurrency: env.WORKER_CONCURRENCY,
    mailRate: env.MAIL_RATE,
    rateLimit: env.RATE_LIMIT,
    logLevel: env.LOG_LEVEL,
    ...(env.DATABASE_URL && { databaseUrl: env.DATABASE_URL }),
    ...(env.REPLICA_URL && { replicaUrl: env.REPLICA_URL }),
    ...(env.REDIS_URL && { redisUrl: env.REDIS_URL }),
    ...(env.SMTP_URL && { smtpUrl: env.SMTP_URL }),
    ...(dkim && { dkim }),
    ...(env.ADMIN_TOKEN && { adminToken: env.ADMIN_TOKEN }),
    ...(env.SECRET && { secret: env.SECRET }),
    ...(env.OTEL_EXPORTER_OTLP_ENDPOINT && { otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT }),
  }
}

/** Values that would tell a secret are left out. */
const SECRET = new Set(['ADMIN_TOKEN', 'SECRET'])

function problemOf(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = String(issue.path[0])
  const value = SECRET.has(name) ? 'the given value' : JSON.stringify(field.withoutPassword(given[name] ?? ''))
  return `${name}: ${value}, ${expectation(issue)}`
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value') return `expected one of ${issue.values.join(', ')}`
  return issue.message
}
