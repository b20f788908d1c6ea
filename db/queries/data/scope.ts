import type { Account } from '../../access/accounts.ts'
import type { Writer } from '../../connection/client.ts'
import type { Span } from '../definitions.ts'

/** Through whose eyes a request of one partner reads: a transaction inside the partner's walls, and the present instant. */
export interface PartnerScope {
  readonly db: Writer
  readonly account: Account
  readonly partnerId: string
  readonly now: Date
}

/** The same for a request that changes something. */
export interface ActingScope extends PartnerScope {
  /** Who asked, for the audit log. */
  readonly actor: string
}

/** All time there is. */
export const EVER: Span = { from: new Date('0001-01-02T00:00:00Z'), to: new Date('9999-12-30T00:00:00Z') }
