import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer
  readonly secure: boolean
  readonly user: string | undefined
}

/** A whole SMTP server that keeps what it takes; `rules` may refuse an address, a sender or a message by throwing. */
export async function startMailServer(options: SMTPServerOptions = {}) {
  const messages: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        messages.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks),
          secure: session.secure,
          user: session.user as string | undefined,
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => {})
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.server.address() as AddressInfo
  return {
    messages,
    port,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((done) => server.close(done)),
  }
}

/** What a raw server says; a function may hang up. `body` sees the message as it arrives. */
export interface Script {
  readonly greeting?: string
  readonly reply?: (command: string, socket: Socket) => string | undefined
  readonly body?: (received: number, socket: Socket) => void
  readonly dot?: (socket: Socket) => string | undefined
}

/** A server of a few lines that can be unkind at any point of the dialogue; counts the messages it has in full. */
export async function startRawServer({ greeting = '220 raw', reply, body, dot }: Script = {}) {
  const state = { taken: 0, connections: 0, messages: [] as Buffer[] }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    state.connections++
    sockets.add(socket)
    const say = (line: string | undefined) => line !== undefined && !socket.destroyed && socket.write(`${line}\r\n`)
    let buffer = Buffer.alloc(0)
    let inBody = false
    const take = () => {
      const end = buffer.indexOf('\r\n.\r\n')
      body?.(buffer.length, socket)
      if (end < 0) return false
      state.taken++
      state.messages.push(buffer.subarray(0, end + 2))
      buffer = buffer.subarray(end + 5)
      inBody = false
      say(dot ? dot(socket) : '250 taken')
      return true
    }
    const line = () => {
      const end = buffer.indexOf('\r\n')
      if (end < 0) return false
      const command = buffer.subarray(0, end).toString()
      buffer = buffer.subarray(end + 2)
      const answer = reply?.(command, socket) ?? (/^DATA/i.test(command) ? '354 go' : '250 ok')
      if (/^DATA/i.test(command) && answer.startsWith('354')) inBody = true
      say(answer)
      return true
    }
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk) => {
      buffer = Buffer.concat([buffer, chunk])
      while (!socket.destroyed && (inBody ? take() : line()));
    })
    say(greeting)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const close = () => {
    for (const socket of sockets) socket.destroy()
    return new Promise<void>((done) => server.close(() => done()))
  }
  return { state, port, url: `smtp://127.0.0.1:${port}`, close }
}
