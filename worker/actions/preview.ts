import { Writable } from 'node:stream'
import { findAccount } from '../../db/access/accounts.ts'
import { inSnapshot } from '../../db/connection/client.ts'
import { findStandings } from '../../db/ledger/statements/standings.ts'
import { sha256Of } from '../../db/values/sha256.ts'
import type { Outcome, ReportDefinition, Statement } from '../../jobs/report.ts'
import { sealStatement } from '../../jobs/seal.ts'
import type { Sealed } from '../../templates/statement.ts'
import type { RunContext } from '../run/context.ts'
import { dressesOf } from '../run/dress.ts'
import { type RenderedFile, renderFiles } from '../run/renderer.ts'
import { reportContext } from '../run/report-context.ts'
import { subjectId, subjectName } from '../run/subject.ts'
import { openTies } from '../run/ties.ts'
import { Refused } from '../values/refused.ts'
import { checkRequest, type RunInput } from './request-run.ts'

export interface Preview {
  readonly sealed: Sealed<unknown, unknown>
  readonly canonical: string
  readonly sha256: string
  readonly locale: string
  readonly brandColor: string | null
  readonly files: readonly RenderedFile[]
  readonly mail: { readonly subject: string; readonly text: string; readonly html: string }
}

/**
 * One statement as it would be sealed and rendered now; the ledger is not touched. The first of the run, or the one of
 * the partner asked for; with `subject` (`kind:id`) that one of the run. Refused `unknown` with the reason where the
 * subject would get none.
 */
export async function previewStatement(context: RunContext, input: RunInput, subject?: string): Promise<Preview> {
  const { report, period } = await checkRequest(context, input)
  const account = await findAccount(context.db, input.accountId)
  if (!account) throw new Refused('unknown', 'account_id', `account ${input.accountId} does not exist`)
  const asOf = input.asOf ?? period.to
  const partners = input.partners?.length ? input.partners : undefined
  const of = { account_id: input.accountId, report: report.name, period: period.key, partners }
  const standings = await findStandings(context.db, of)
  const { outcome, exported } = await context.reads((reads) =>
    inSnapshot(reads, async (db) => {
      const { owed } = await openTies(context.db, db, { report, account, period, partners })
      const known = new Map([...owed, ...standings])
      const asked = reportContext({ db, account, period, asOf, partners }, known)
      const first = await firstOf(report.statements(asked), subject)
      return { outcome: first, exported: first && 'export' in first ? await collect(first) : undefined }
    }),
  )
  if (!outcome) throw new Refused('unknown', 'partners', `${report.name} has no statement for ${period.key}`)
  if ('skip' in outcome)
    throw new Refused(
      'unknown',
      'partners',
      `${subjectId(outcome.subject)} gets no ${report.name} for ${period.key}: ${outcome.skip}`,
    )
  const head = { report: report.name, revision: 1, provisional: false, account, period, asOf }
  const { document, canonical, sha256 } = sealStatement(head, outcome)
  return renderPreview(context, report, { document, canonical, sha256, exported })
}

/** An export is a file like any other to whoever looks at it; only here it is held in memory, for one person. */
async function collect({
  export: write,
}: Statement<unknown, unknown>): Promise<{ rows: number; bytes: Buffer } | undefined> {
  if (!write) return undefined
  const chunks: Buffer[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk)
      done()
    },
  })
  const { rows } = await write(sink)
  return { rows, bytes: Buffer.concat(chunks) }
}

async function firstOf(
  outcomes: AsyncIterable<Outcome<unknown, unknown>>,
  wanted: string | undefined,
): Promise<Outcome<unknown, unknown> | undefined> {
  for await (const outcome of outcomes) {
    const { subject } = outcome
    if (wanted === undefined || wanted === `${subject.kind}:${subjectId(subject)}`) return outcome
  }
  return undefined
}

interface Computed {
  readonly document: Sealed<unknown, unknown>
  readonly canonical: string
  readonly sha256: string
  readonly exported: { readonly rows: number; readonly bytes: Buffer } | undefined
}

async function renderPreview(
  context: RunContext,
  report: ReportDefinition,
  { document, canonical, sha256, exported }: Computed,
): Promise<Preview> {
  const row = { subject_kind: document.subject.kind, subject_id: subjectId(document.subject), sha256 }
  const dress = (await dressesOf(context, document.account.account_id, [row]))(row)
  const name = subjectName(document.subject)
  const streamed = exported ? [{ name: `${name}.csv`, type: 'text/csv; charset=utf-8', ...exported }] : []
  const files = [...(await renderFiles(report, document, dress, name)), ...streamed]
  const listed = files.map(({ name, bytes, rows }) => ({
    name,
    size: bytes.byteLength,
    sha256: sha256Of(bytes),
    ...(rows !== null && { rows }),
  }))
  const { locale, brandColor = null } = dress
  return {
    sealed: document,
    canonical,
    sha256,
    locale,
    brandColor,
    files,
    mail: await report.template.mail(document, { ...dress, files: listed }),
  }
}
