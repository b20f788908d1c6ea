import { createServer, type Socket } from 'node:net'
import { answerQuestions } from '../child.ts'

/**
 * A mail server that takes everything and remembers only what it was called: the cheapest that still speaks SMTP.
 * `BENCH_SMTP_MS`: how long it thinks about each mail, as those of the world do.
 */
const TAKEN = '250 taken\r\n'
const ANSWER_MS = Number(process.env.BENCH_SMTP_MS ?? 0)
const seen = new Map<string, number>()
const sockets = new Set<Socket>()

const server = createServer((socket) => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  socket.on('error', () => {})
  socket.setNoDelay(true)
  socket.write('220 sink ESMTP\r\n')
  let rest = Buffer.alloc(0)
  let inBody = false
  socket.on('data', (chunk) => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk
    for (;;) {
      const end = rest.indexOf(inBody ? '\r\n.\r\n' : '\r\n')
      if (end < 0) return
      if (inBody) {
        note(rest.subarray(0, Math.min(end, 4096)).toString('latin1'))
        rest = rest.subarray(end + 5)
        inBody = false
        if (ANSWER_MS) setTimeout(() => socket.write(TAKEN), ANSWER_MS)
        else socket.write(TAKEN)
        continue
      }
      const command = rest.subarray(0, 4).toString('latin1').toUpperCase()
      rest = rest.subarray(end + 2)
      inBody = command === 'DATA'
      socket.write(replyTo(command))
    }
  })
})

function replyTo(command: string): string {
  if (command === 'EHLO') return '250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n'
  if (command === 'DATA') return '354 go on\r\n'
  return command === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n'
}

function note(head: string): void {
  const id = /^message-id:\s*<([^>]+)>/im.exec(head)?.[1] ?? '?'
  seen.set(id, (seen.get(id) ?? 0) + 1)
}

export interface Sunk {
  readonly mails: number
  /** Different Message-IDs. */
  readonly distinct: number
}

answerQuestions(
  async (question: 'listen' | 'count') => {
    if (question === 'listen') {
      await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
      return (server.address() as { port: number }).port
    }
    const mails = [...seen.values()].reduce((sum, times) => sum + times, 0)
    return { mails, distinct: seen.size } satisfies Sunk
  },
  async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  },
)
