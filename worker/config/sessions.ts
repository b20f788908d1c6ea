/** How the sessions that a process takes of PostgreSQL are shared out: what waits in one share keeps no other waiting. */
export interface Sessions {
  /** The ledger's: mails, claims, heartbeats, sealing. */
  readonly ledger: number
  /** Snapshots that figures are read from, each for as long as that takes. */
  readonly figures: number
  readonly http: number
  /** 0 where the queue is in Redis; else three of them listen. */
  readonly queue: number
}

export const USUAL_SESSIONS = 27
const QUEUE = { usual: 7, least: 5 }
/** Two runs that are sealed at once hold two, and ask beside them; mails and heartbeats need theirs meanwhile. */
const LEAST = { ledger: 5, figures: 2, http: 3 }

export const leastSessions = (hasRedis: boolean): number =>
  LEAST.ledger + LEAST.figures + LEAST.http + (hasRedis ? 0 : QUEUE.least)

/** `total`: not below `leastSessions`. Half of what the queue leaves is HTTP's, a sixth reads figures. */
export function shareSessions(total: number, hasRedis: boolean): Sessions {
  const queue = hasRedis ? 0 : total < USUAL_SESSIONS ? QUEUE.least : QUEUE.usual
  const left = total - queue
  const figures = Math.max(LEAST.figures, Math.floor(left / 6))
  const http = Math.max(LEAST.http, Math.min(Math.floor(left / 2), left - figures - LEAST.ledger))
  return { ledger: left - figures - http, figures, http, queue }
}
