/** What the network says of a server that is not there. */
const NETWORK = new Set(
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN'.split(' '),
)

/** SQLSTATE: connection exceptions, shutting down, crashed, starting up, no connection left (PostgreSQL, Appendix A). */
const GONE = /^(08\w{3}|57P0[123]|53300)$/

/** What pg says without a code. */
const CLOSED = /Connection terminated|Connection ended|not queryable|timeout exceeded when trying to connect/i

/** The database is away: down, going down, starting, out of reach, or without a connection left. The one list of what that means. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code = '', message } = error as Error & { code?: string }
  return NETWORK.has(code) || GONE.test(code) || CLOSED.test(message)
}

/** The connection or the moment failed, not what was asked: away, or another was let go first. The work is taken up again. */
export function isConnectionLoss(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: string }
  return isAway(error) || code === '40001' || code === '40P01'
}

/** The same, and a database that takes nothing in for now: its disk or memory is full, it has become a standby. */
export function isOutage(error: unknown): boolean {
  const { code = '' } = (error ?? {}) as { code?: string }
  return isConnectionLoss(error) || code.startsWith('53') || code === '25006'
}

/** Nothing says that it is the statement's own fault (SQLSTATE classes 22, 23, 42): what must not be lost is tried again. */
export function mayPass(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return !/^(22|23|42)\w{3}$/.test(code)
}
