import { setTimeout as wait } from 'node:timers/promises'
import { AwsClient } from 'aws4fetch'
import type { StorageConfig } from '../config/storage.ts'
import { MissingFile, StorageError } from './storage.ts'

export type S3Config = Extract<StorageConfig, { kind: 's3' }>

interface Question {
  readonly query?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Of the body; the store refuses bytes that do not match. */
  readonly sha256?: string
}

export interface Bucket {
  /** One request, signed, and asked again while the store is busy or away. Answers with success, or 404 to who reads or removes; else throws StorageError. */
  readonly ask: (method: string, name: string, question?: Question) => Promise<Response>
  /** Does `work` again while it fails by a lost connection, as `ask` does with a request. */
  readonly again: <T>(what: string, work: () => Promise<T>) => Promise<T>
}

const TRIES = 6
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
/** Until the first byte of an answer, the body of the request having been sent. */
const ANSWER_MS = 60_000
const PASSING = new Set([408, 429, 500, 502, 503, 504])

/** A bucket of Amazon's or of any store that speaks its language. */
export function openBucket(config: S3Config): Bucket {
  const client = new AwsClient({ ...config, service: 's3', retries: 0 })
  const base = addressOf(config)
  const ask = async (method: string, name: string, { query = {}, body, sha256 }: Question = {}) => {
    const url = new URL(base + name)
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
    const headers = sha256 ? { 'x-amz-content-sha256': sha256 } : {}
    const init = {
      method,
      headers,
      redirect: 'manual' as const,
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    }
    return again(`${method} ${name}`, async () => judge(method, await answerOf(await client.sign(url.href, init))))
  }
  return { ask, again }
}

/** A custom endpoint gets the bucket in the path; Amazon in the host, where its certificate covers the name. */
function addressOf({ bucket, prefix, region, endpoint }: S3Config): string {
  const folder = prefix ? `${prefix.split('/').map(encodeURIComponent).join('/')}/` : ''
  const domain = `${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
  if (endpoint) return `${endpoint}/${bucket}/${folder}`
  return bucket.includes('.') ? `https://s3.${domain}/${bucket}/${folder}` : `https://${bucket}.s3.${domain}/${folder}`
}

async function answerOf(request: Request): Promise<Response> {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new Error(`no answer within ${ANSWER_MS / 1000} s`)), ANSWER_MS)
  return fetch(request, { signal: late.signal }).finally(() => clearTimeout(timer))
}

/** The store's refusal, in its own words. */
class Refusal extends StorageError {
  /** Whether the same question may be answered differently in a moment. */
  readonly passing: boolean
  constructor(status: number, code: string, message: string) {
    super(`answered ${status} ${[code, message].filter(Boolean).join(': ')}`.trim())
    this.passing = PASSING.has(status) || code === 'RequestTimeout'
  }
}

async function judge(method: string, answer: Response): Promise<Response> {
  if (answer.ok) return answer
  const text = await answer.text()
  const [code, message] = ['Code', 'Message'].map((tag) => new RegExp(`<${tag}>([^<]*)</${tag}>`).exec(text)?.[1] ?? '')
  if (answer.status === 404 && code !== 'NoSuchBucket' && ['GET', 'DELETE'].includes(method)) return answer
  throw new Refusal(answer.status, code ?? '', message ?? '')
}

async function again<T>(what: string, work: () => Promise<T>): Promise<T> {
  for (let tries = 1, pause = FIRST_PAUSE_MS; ; tries++, pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work()
    } catch (error) {
      if (error instanceof MissingFile || error instanceof Told) throw error
      if (!isPassing(error) || tries === TRIES) throw told(what, error as Error, tries)
      await wait(pause / 2 + Math.random() * (pause / 2))
    }
  }
}

/** Already asked again as often as it is worth. */
class Told extends StorageError {}

function told(what: string, error: Error, tries: number): Told {
  const { cause } = error
  const reason = error instanceof Refusal ? error.message : cause instanceof Error ? cause.message : error.message
  const times = tries > 1 ? `, asked ${tries} times` : ''
  return new Told(`the file store cannot do ${what}: ${reason || 'no connection'}${times}`, { cause: error })
}

/** A lost connection is one; of what a store says, only that it is busy or broken just now. */
const isPassing = (error: unknown): boolean => !(error instanceof Refusal) || error.passing
