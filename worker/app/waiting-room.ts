import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { PROBLEM_TYPE, problem } from '../http/shared/problem.ts'

/** Answers while what the process stands on cannot be reached: it lives, and says what it waits for. */
export interface WaitingRoom {
  readonly close: () => Promise<void>
}

/** Listens where the real server will; `reason` is asked at each request. */
export async function openWaitingRoom(
  { host, port }: { readonly host: string; readonly port: number },
  reason: () => string,
): Promise<WaitingRoom> {
  const server = createServer(({ url }, response) => {
    if (url === '/health/live') return send(response, 200, 'application/json; charset=utf-8', { status: 'ok' })
    response.setHeader('retry-after', '1')
    return send(response, 503, PROBLEM_TYPE, problem(503, reason()))
  })
  await once(server.listen(port, host), 'listening')
  return {
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  response.writeHead(status, { 'content-type': type, connection: 'close' }).end(JSON.stringify(body))
}
