import type { Database } from '../../db/connection/client.ts'
import {
  findDocuments,
  lastTold,
  type SealedDocument,
  type Standing,
  type StatementRef,
  subjectKey,
} from '../../db/ledger/statements/standings.ts'
import { changesBetween } from '../../jobs/changes.ts'
import { figuresHash } from '../../jobs/figures-hash.ts'
import type { Statement } from '../../jobs/report.ts'
import { type Remarks, type SealHead, sealStatement } from '../../jobs/seal.ts'
import type { Change, Correction, Sealed, Subject } from '../../templates/statement.ts'
import { createYielding } from '../flow/yielding.ts'
import { type Decision, decide } from './decision.ts'
import type { Export } from './export.ts'
import type { Recipients, Route } from './recipients.ts'
import { subjectId } from './subject.ts'
import type { Tie, Ties } from './ties.ts'

type AnyStatement = Statement<unknown, unknown>
type AnySealed = Sealed<unknown, unknown>

/** A statement whose figures are hashed and whose export, where it has one, is stored. */
export interface Reckoned {
  readonly statement: AnyStatement
  readonly figuresSha256: string
  readonly exported?: Export | undefined
}

/** What becomes of a statement in this run. */
export interface Judgement {
  readonly reckoned: Reckoned
  readonly decision: Decision
  /** What it says beside its figures, where it is sealed. */
  readonly remarks: Remarks
  /** Keys of the neighbouring periods whose statements do not tie with it. */
  readonly untied: readonly string[]
  /** Why it is not mailed; null where it is, or where its reader has it already. */
  readonly reason: string | null
}

export interface Surroundings {
  readonly head: SealHead
  readonly labels: readonly string[]
  readonly standings: ReadonlyMap<string, Standing>
  readonly recipients: Recipients
  readonly ties: Ties
}

/**
 * Compares a batch with what its subjects have. Documents are read only of those for whom something changes: of ten
 * thousand unchanged statements none.
 */
export async function judge(db: Database, around: Surroundings, batch: readonly Reckoned[]): Promise<Judgement[]> {
  const ties = await around.ties.check(batch.map(({ statement }) => statement))
  const first = batch.map((reckoned) => judgeOne(around, { reckoned, tie: ties.get(reckoned.statement) }, new Map()))
  const unsettled = first.filter(({ decision }) => !decision.keep || decision.due.length > 0)
  const ids = unsettled.flatMap(({ reckoned }) => refsOf(standingOf(around, reckoned.statement.subject)))
  const documents = await findDocuments(
    db,
    around.head.account.accountId,
    ids.map(({ id }) => id),
  )
  if (documents.size === 0) return first
  const again = new Set(unsettled)
  const yieldIfDue = createYielding()
  const judgements: Judgement[] = []
  for (const one of first) {
    await yieldIfDue()
    const { reckoned } = one
    const tie = ties.get(reckoned.statement)
    judgements.push(again.has(one) ? judgeOne(around, { reckoned, tie }, documents) : one)
  }
  return judgements
}

type Documents = ReadonlyMap<string, SealedDocument>

/** Without its document a statement is the same if its hash is; that hash may be of an older rule (jobs/figures-hash.ts). */
function judgeOne(
  around: Surroundings,
  { reckoned, tie }: { readonly reckoned: Reckoned; readonly tie: Tie | undefined },
  documents: Documents,
): Judgement {
  const { statement } = reckoned
  const correction = tie?.correction
  const standing = standingOf(around, statement.subject)
  const route = around.recipients(statement.subject)
  const isSame = remembered((ref) => isSameAs(around, reckoned, ref, documents.get(ref.id)))
  const holds = (ref: StatementRef, revises: StatementRef | undefined) =>
    (ref.id === revises?.id || ref.replaces === (revises?.id ?? null)) &&
    isWordForWord(around.head, { statement, correction }, documents.get(ref.id))
  const decision = decide({ standing, addresses: route.addresses, isSame, holds })
  const told = lastTold(standing)
  const isTold = decision.keep !== undefined && told !== undefined && isSame(told)
  return {
    reckoned,
    decision,
    remarks: decision.keep ? NOTHING : { ...revisingOf(reckoned, decision.revises, documents), correction },
    untied: tie?.untied ?? [],
    reason: isTold || decision.due.length > 0 ? null : reasonOf(route),
  }
}

const NOTHING: Remarks = { changes: [] }

/** All addresses may have been told, of a statement that is sealed for a reader who is not asked any more. */
const reasonOf = (route: Route): string | null => ('reason' in route ? route.reason : null)

function isSameAs(
  { labels }: Surroundings,
  { statement, figuresSha256, exported }: Reckoned,
  ref: StatementRef,
  document: SealedDocument | undefined,
): boolean {
  if (ref.figuresSha256 === figuresSha256) return true
  if (!document) return false
  const sealed = JSON.parse(document.sealed) as AnySealed
  return figuresHash(labels, sealed, statement.export && exported ? document.csvs : []) === figuresSha256
}

/** The same document but for its revision: nobody has renamed anything, and its files are still there. */
function isWordForWord(
  head: SealHead,
  { statement, correction }: { readonly statement: AnyStatement; readonly correction: Correction | undefined },
  document: SealedDocument | undefined,
): boolean {
  if (!document || document.isStripped) return false
  const { revision, replaces, changes } = JSON.parse(document.sealed) as AnySealed
  return (
    sealStatement({ ...head, revision }, statement, { replaces, changes, correction }).canonical === document.sealed
  )
}

function revisingOf(
  { statement, exported }: Reckoned,
  revises: StatementRef | undefined,
  documents: Documents,
): Remarks {
  const document = revises && documents.get(revises.id)
  if (!revises || !document) return NOTHING
  const { revision, sha256 } = revises
  const changes = changesBetween(JSON.parse(document.sealed) as AnySealed, statement)
  return { replaces: { revision, sha256 }, changes: [...changes, ...exportChange(document, exported?.sha256)] }
}

/** Of an export's rows only the file itself can be compared. */
function exportChange({ csvs: [before] }: SealedDocument, after: string | undefined): Change[] {
  return after === undefined || before === after ? [] : [{ path: 'csv', before: before ?? null, after }]
}

const standingOf = ({ standings }: Surroundings, subject: Subject): Standing | undefined =>
  standings.get(subjectKey(subject.kind, subjectId(subject)))

const refsOf = (standing: Standing | undefined): StatementRef[] =>
  standing ? [standing.current, ...standing.readers.flatMap(({ told }) => told ?? [])] : []

function remembered(ask: (ref: StatementRef) => boolean): (ref: StatementRef) => boolean {
  const answers = new Map<string, boolean>()
  return (ref) => {
    const answer = answers.get(ref.id) ?? ask(ref)
    answers.set(ref.id, answer)
    return answer
  }
}
