import type { Database } from '../../db/connection/client.ts'
import { mayPass } from '../../db/connection/outage.ts'
import {
  type Claim,
  type ClaimRequest,
  claimDeliveries,
  type SavedMail,
  saveMails,
} from '../../db/ledger/deliveries/claims.ts'
import { listMailInputs, type MailInput, type MailInputKey } from '../../db/ledger/deliveries/mail-inputs.ts'
import { type Settled, type Standing, settleDeliveries } from '../../db/ledger/deliveries/settlements.ts'
import { createBatchLoader } from '../flow/batch-loader.ts'

/** What one mail asks the ledger on its way, and tells it. */
export interface MailLedger {
  /** Undefined when there is nothing to send, or nothing for this asker. */
  readonly claim: (request: ClaimRequest) => Promise<Claim | undefined>
  /** Undefined where there is no such statement or it says nothing. */
  readonly input: (statement: MailInputKey) => Promise<MailInput | undefined>
  /** False when the claim is lost. */
  readonly save: (mail: SavedMail) => Promise<boolean>
  /** Undefined when the claim is lost. */
  readonly settle: (ended: Settled) => Promise<Standing | undefined>
}

/** No statement of a mail's takes so long: its connection is dead. */
const PATIENCE_MS = 15_000

/** Mails that are under way at the same time share statements and commits; each keeps its own claim and its own outcome. */
export function batchLedger(db: Database, { patienceMs = PATIENCE_MS } = {}): MailLedger {
  const manners = { isEverybodys: mayPass, patienceMs }
  return {
    claim: createBatchLoader(async (requests) => {
      const claims = byKey(await claimDeliveries(db, requests), keyOf)
      return requests.map(({ accountId, id }) => takeOut(claims, keyOf({ account_id: accountId, id })))
    }, manners),
    input: createBatchLoader(async (statements) => {
      const inputs = byKey(await listMailInputs(db, statements), mailInputKey)
      return statements.map((statement) => inputs.get(mailInputKey(statement)))
    }, manners),
    save: createBatchLoader(async (mails) => {
      const saved = byKey(await saveMails(db, mails), keyOf)
      return mails.map(({ claim }) => saved.has(keyOf(claim)))
    }, manners),
    settle: createBatchLoader(async (ended) => {
      const stands = byKey(await settleDeliveries(db, ended), keyOf)
      return ended.map((one) => stands.get(keyOf(one.claim)))
    }, manners),
  }
}

const keyOf = ({ account_id, id }: { account_id: number; id: string }) => `${account_id}/${id}`
const mailInputKey = ({ account_id, statement_id }: MailInputKey) => keyOf({ account_id, id: statement_id })
const byKey = <Row>(rows: readonly Row[], key: (row: Row) => string) => new Map(rows.map((row) => [key(row), row]))

/** Two jobs may look at one delivery at once: the claim is the first one's alone. */
function takeOut<Row>(rows: Map<string, Row>, key: string): Row | undefined {
  const row = rows.get(key)
  rows.delete(key)
  return row
}
