import type { Database } from '../../db/connection/client.ts'
import { listClaims, releaseOwnClaims } from '../../db/ledger/deliveries/lost-claims.ts'

/** The deliveries that this process is at work on. */
export interface InFlight {
  readonly during: <T>(deliveryId: string, work: () => Promise<T>) => Promise<T>
  readonly has: (deliveryId: string) => boolean
}

export function createInFlight(): InFlight {
  const runtime = new Set<{ readonly deliveryId: string }>() // two jobs may look at one delivery
  return {
    during: async (deliveryId, work) => {
      const one = { deliveryId }
      runtime.add(one)
      return work().finally(() => runtime.delete(one))
    },
    has: (deliveryId) => [...runtime].some((one) => one.deliveryId === deliveryId),
  }
}

/**
 * A claim whose answer was lost with the connection, or whose outcome the database did not take, is nobody's work any
 * more, and its worker lives: it goes back by itself. Read first, judged then: what is not under way after the look
 * has either been settled since, and no longer stands as it was seen, or never will be.
 */
export async function releaseLostClaims(db: Database, workerId: string, inFlight: InFlight): Promise<void> {
  const held = await listClaims(db, workerId)
  const lost = held.filter(({ id }) => !inFlight.has(id))
  await releaseOwnClaims(db, workerId, lost)
}
