import { findAccount } from '../../db/accounts.ts'
import { inSnapshot } from '../../db/client.ts'
import type { Outcome, ReportDefinition } from '../../jobs/report.ts'
import { sealStatement } from '../../jobs/seal.ts'
import type { Sealed } from '../../templates/statement.ts'
import { checkRequest, type RunInput } from '../run.ts'
import { sha256Of } from '../storage.ts'
import { type RunContext, RunError } from './context.ts'
import { dressesOf } from './dress.ts'
import { type RenderedFile, renderFiles } from './render.ts'
import { subjectId, subjectName } from './subject.ts'

export interface Preview {
  readonly sealed: Sealed<unknown, unknown>
  readonly canonical: string
  readonly files: readonly RenderedFile[]
  readonly mail: { readonly subject: string; readonly text: string; readonly html: string }
}

/**
 * One statement as it would be sealed and rendered now; the ledger is not touched. The first of the run, or the one of
 * the partner asked for. RunError `unknown` with the reason where the subject would get none.
 */
export async function previewStatement(context: RunContext, input: RunInput): Promise<Preview> {
  const { report, period } = await checkRequest(context, input)
  const account = await findAccount(context.db, input.accountId)
  if (!account) throw new RunError('unknown', 'account_id', `account ${input.accountId} does not exist`)
  const asOf = input.asOf ?? period.to
  const partners = input.partners?.length ? { partners: input.partners } : {}
  const outcome = await inSnapshot(context.reads, (db) =>
    firstOf(report.statements({ db, account, period, asOf, ...partners })),
  )
  if (!outcome) throw new RunError('unknown', 'partners', `${report.name} has no statement for ${period.key}`)
  if ('skip' in outcome)
    throw new RunError(
      'unknown',
      'partners',
      `${subjectId(outcome.subject)} gets no ${report.name} for ${period.key}: ${outcome.skip}`,
    )
  const head = { report: report.name, revision: 1, provisional: false, account, period, asOf }
  const { document, canonical, sha256 } = sealStatement(head, outcome, [])
  return renderPreview(context, report, { document, canonical, sha256 })
}

async function firstOf(
  outcomes: AsyncIterable<Outcome<unknown, unknown>>,
): Promise<Outcome<unknown, unknown> | undefined> {
  for await (const outcome of outcomes) return outcome
  return undefined
}

async function renderPreview(
  context: RunContext,
  report: ReportDefinition,
  { document, canonical, sha256 }: { document: Sealed<unknown, unknown>; canonical: string; sha256: string },
): Promise<Preview> {
  const row = { subject_kind: document.subject.kind, subject_id: subjectId(document.subject), sha256 }
  const dress = (await dressesOf(context, document.account.account_id, [row]))(row)
  const files = await renderFiles(report, document, dress, subjectName(document.subject))
  const listed = files.map(({ name, bytes, rows }) => ({
    name,
    size: bytes.byteLength,
    sha256: sha256Of(bytes),
    ...(rows !== null && { rows }),
  }))
  return { sealed: document, canonical, files, mail: await report.template.mail(document, { ...dress, files: listed }) }
}
