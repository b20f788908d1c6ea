/**
 * Codes of a database that went away, is on its way down, has no connection left or let another go first; the work is
 * not at fault and is taken up again.
 */
const LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '08003',
  '08000',
  '53300',
  '40001',
  '40P01',
])

/** The same, and a database that takes nothing in for now: its disk or memory is full, it has become a standby. */
export function isOutage(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return isConnectionLoss(error) || code.startsWith('53') || code === '25006'
}

/** True where the connection or the moment failed, not what was asked. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, message } = error as Error & { code?: string }
  return (
    (code !== undefined && LOST.has(code)) ||
    /Connection terminated|Connection ended|not queryable|timeout exceeded when trying to connect/i.test(message)
  )
}

/** Nothing says that it is the statement's own fault (SQLSTATE classes 22, 23, 42): what must not be lost is tried again. */
export function mayPass(error: unknown): boolean {
  const { code = '' } = error as { code?: string }
  return !/^(22|23|42)\w{3}$/.test(code)
}
