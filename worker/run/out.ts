import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Run } from '../../db/ledger/runs.ts'
import { findStatement, listFiles, listRunStatements, type StatementRow } from '../../db/ledger/statements.ts'
import { listAlikePartners } from '../../db/partners.ts'
import type { Sealed } from '../../templates/statement.ts'
import type { RunContext } from './context.ts'
import { dressesOf } from './dress.ts'
import { subjectName } from './subject.ts'

/**
 * Writes the statements of a run as files into a folder: what is sealed and stored, not rendered anew. A statement that
 * the run left unchanged is the earlier one. Returns how many.
 */
export async function writeStatements(context: RunContext, run: Run, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const alike = await listAlikePartners(context.db, run.account_id)
  let written = 0
  for (let next = 0, page = await pageOf(context, run, 0); page.length > 0; page = await pageOf(context, run, next)) {
    for (const row of page) {
      const statement = row.status === 'unchanged' && row.replaces ? await findStatement(context.db, row.replaces) : row
      if (statement?.status !== 'rendered') continue
      await writeOne(context, statement, { folder, alike })
      written++
    }
    next = (page.at(-1)?.ordinal ?? 0) + 1
  }
  return written
}

const pageOf = (context: RunContext, run: Run, first: number) =>
  listRunStatements(context.db, run, { first, limit: 200 })

async function writeOne(
  context: RunContext,
  statement: StatementRow,
  { folder, alike }: { folder: string; alike: ReadonlySet<string> },
): Promise<void> {
  const name = join(folder, subjectName({ kind: statement.subject_kind, id: statement.subject_id }, alike))
  const sealed = statement.sealed ?? 'null'
  await writeFile(`${name}.json`, sealed)
  const files = await listFiles(context.db, statement)
  for (const file of files)
    await writeFile(name + endingOf(file.name, statement), await context.storage.get(file.sha256))
  const document = JSON.parse(sealed) as Sealed<unknown, unknown>
  const report = context.reports.get(document.report)
  const dress = (await dressesOf(context, statement.account_id, [statement]))(statement)
  const attached = files.map(({ name: fileName, size, rows, sha256 }) => ({
    name: fileName,
    size: Number(size),
    sha256,
    ...(rows !== null && { rows: Number(rows) }),
  }))
  if (!report) return
  try {
    await writeFile(`${name}.html`, (await report.template.mail(document, { ...dress, files: attached })).html)
  } catch (err) {
    context.log.error({ statement: statement.id, err }, 'the HTML of a statement could not be written')
  }
}

/** What follows the subject in a stored name: `.pdf`, `.csv`, of the account `.paypal.csv` too. What is stored may be called as an earlier version did. */
function endingOf(file: string, { subject_kind: kind }: StatementRow): string {
  const ending = kind === 'account' ? /(?:\.paypal(?:-\d+)?)?\.[^.]+$/ : /\.[^.]+$/
  return ending.exec(file)?.[0] ?? ''
}
