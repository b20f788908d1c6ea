import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Of } from '../../db/values/sha256.ts'
import type { S3Config } from '../../worker/storage/s3-bucket.ts'

/** What the store in front of the test does with a request: undefined lets it through. */
export type Trouble = (asked: { method: string; url: string; tries: number }) => number | 'cut' | undefined

export interface TestBucket {
  readonly config: S3Config
  readonly asked: readonly { method: string; url: string; headers: IncomingMessage['headers'] }[]
  /** From now on. */
  readonly trouble: (trouble: Trouble) => void
  readonly close: () => Promise<void>
}

interface S3Server {
  run(): Promise<AddressInfo>
  close(): Promise<void>
}

/** A real S3-compatible server with a bucket `files`, behind a gate that can be busy or cut connections. */
export async function openTestBucket(prefix = 'bursar'): Promise<TestBucket> {
  const directory = await mkdtemp(join(tmpdir(), 'bursar-s3-'))
  const S3rver = createRequire(import.meta.url)('s3rver') as new (options: object) => S3Server
  const store = new S3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    configureBuckets: [{ name: 'files', configs: [] }],
  })
  const { port } = await store.run()
  const asked: TestBucket['asked'][number][] = []
  const tries = new Map<string, number>()
  let trouble: Trouble = () => undefined
  const gate = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming
    const key = `${method} ${url}`
    tries.set(key, (tries.get(key) ?? 0) + 1)
    asked.push({ method, url, headers })
    const wrong = trouble({ method, url, tries: tries.get(key) ?? 1 })
    if (wrong === 'cut') return void incoming.socket.destroy()
    if (wrong) return void refuse(incoming, outgoing, wrong)
    forward(incoming, outgoing, port)
  })
  await new Promise<void>((done) => gate.listen(0, '127.0.0.1', done))
  const close = async () => {
    gate.closeAllConnections()
    gate.close()
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
  return {
    config: {
      kind: 's3',
      bucket: 'files',
      prefix,
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(gate.address() as AddressInfo).port}`,
      accessKeyId: 'S3RVER',
      secretAccessKey: 'S3RVER',
    },
    asked,
    trouble: (next) => {
      trouble = next
    },
    close,
  }
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number): void {
  incoming.resume().on('end', () => {
    outgoing.writeHead(status, { 'content-type': 'application/xml' })
    outgoing.end('<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>')
  })
}

/** What Amazon checks and this store does not: the hash of the body and the signature (version 4) over the rest. */
function forward(incoming: IncomingMessage, outgoing: ServerResponse, port: number): void {
  const chunks: Buffer[] = []
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
  incoming.on('end', () => {
    const body = Buffer.concat(chunks)
    const said = incoming.headers['x-amz-content-sha256']
    if (said !== 'UNSIGNED-PAYLOAD' && said !== sha256Of(body)) return deny(outgoing, 400, 'XAmzContentSHA256Mismatch')
    if (!isSigned(incoming)) return deny(outgoing, 403, 'SignatureDoesNotMatch')
    const { method, url: path, headers } = incoming
    const onward = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    onward.end(body)
  })
}

const deny = (outgoing: ServerResponse, status: number, code: string): void =>
  void outgoing.writeHead(status).end(`<Error><Code>${code}</Code><Message>no</Message></Error>`)

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

function isSigned({ method, url = '', headers }: IncomingMessage): boolean {
  const parts = /Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
    headers.authorization ?? '',
  )
  const [, key, scope = '', signed = '', signature] = parts ?? []
  const { pathname, searchParams } = new URL(url, 'http://store')
  const path = pathname.split('/').map((part) => encoded(decodeURIComponent(part)))
  const query = [...searchParams].map(([name, value]) => `${encoded(name)}=${encoded(value)}`).sort()
  const named = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const canonical = [method, path.join('/'), query.join('&'), named.join(''), signed, headers['x-amz-content-sha256']]
  const text = `AWS4-HMAC-SHA256\n${headers['x-amz-date']}\n${scope}\n${sha256Of(canonical.join('\n'))}`
  const secret = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4S3RVER')
  return key === 'S3RVER' && hmac(secret, text).toString('hex') === signature
}
