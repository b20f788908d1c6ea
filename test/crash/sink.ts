import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface Mail {
  readonly to: string
  readonly messageId: string
}

/** Where in the dialogue the client stands: its recipient is named; its body is coming; its final dot has arrived. */
export type Moment = 'recipient' | 'body' | 'dot'

export interface Sink {
  readonly url: string
  /** A mail counts from its final dot on, answered or not. */
  readonly mails: Mail[]
  /** Milliseconds between a final dot and its answer. */
  delay: number
  /** Called at each moment of each mail; a test kills the sender here. */
  onMoment: (moment: Moment) => void
  /** Nobody is listening, as on a server that is down; what is sent at this moment is cut off. */
  readonly down: () => Promise<void>
  readonly up: () => Promise<void>
  readonly close: () => Promise<void>
}

/** A real SMTP server that counts. */
export async function startSink(): Promise<Sink> {
  const mails: Mail[] = []
  const open = async (port: number) => {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo: (_address, _session, done) => {
        sink.onMoment('recipient')
        done()
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        sink.onMoment('body')
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const messageId = /^message-id:\s*(\S+)/im.exec(Buffer.concat(chunks).toString('latin1'))?.[1] ?? ''
          mails.push({ to: session.envelope.rcptTo[0]?.address ?? '', messageId })
          sink.onMoment('dot')
          setTimeout(done, sink.delay)
        })
      },
    })
    server.on('error', () => {})
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return server
  }
  let server: SMTPServer | undefined = await open(0)
  const { port } = server.server.address() as AddressInfo
  const down = async () => {
    const closing = server
    server = undefined
    if (!closing) return
    for (const connection of closing.connections as Set<{ _socket?: { destroy(): void } }>)
      connection._socket?.destroy()
    await new Promise<void>((done) => closing.close(() => done()))
  }
  const up = async () => {
    server ??= await open(port)
  }
  const sink: Sink = { url: `smtp://127.0.0.1:${port}`, mails, delay: 5, onMoment: () => {}, down, up, close: down }
  return sink
}
