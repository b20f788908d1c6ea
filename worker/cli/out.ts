import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listAlikePartners, listContacts } from '../../db/access/partners.ts'
import { listMailInputs, type MailInput } from '../../db/ledger/deliveries/mail-inputs.ts'
import type { Run } from '../../db/ledger/runs/runs.ts'
import {
  findStatement,
  listFiles,
  listRunStatements,
  type StatementRow,
} from '../../db/ledger/statements/statements.ts'
import type { Sealed } from '../../templates/statement.ts'
import { type MailSettings, writeMessage } from '../delivery/mail/message.ts'
import type { RunContext } from '../run/context.ts'
import { dressesOf } from '../run/dress.ts'
import { subjectName } from '../run/subject.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { parseAddress, parseMailbox } from '../values/address.ts'

/**
 * Writes the statements of a run as files into a folder: what is sealed and stored, not rendered anew. A statement that
 * the run left unchanged is the earlier one. Returns how many.
 */
export async function writeStatements(context: RunContext, run: Run, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const alike = await listAlikePartners(context.db, run.account_id)
  let written = 0
  for await (const statement of statementsOf(context, run)) {
    await writeOne(context, statement, { folder, alike })
    written++
  }
  return written
}

/**
 * Writes the mails of a run that mails nobody into a folder, `<statement id>.eml`, as they would have left: for a person to
 * look at. Returns how many.
 */
export async function writeMails({ context, delivery }: Runtime, run: Run, folder: string): Promise<number> {
  await mkdir(folder, { recursive: true })
  const report = context.reports.get(run.report)
  let written = 0
  for await (const statement of statementsOf(context, run)) {
    const [input] = await listMailInputs(context.db, [{ account_id: run.account_id, statement_id: statement.id }])
    if (!input || !report || statement.reason !== 'mail_off') continue
    const posting = await postingOf(context, statement, input, delivery.settings)
    const mail = await writeMessage(delivery.settings, report, input, posting, context.storage.get)
    await writeFile(join(folder, `${statement.id}.eml`), mail)
    written++
  }
  return written
}

async function postingOf(context: RunContext, statement: StatementRow, input: MailInput, { mailFrom }: MailSettings) {
  const { account_id: accountId, id, run_id: runId, subject_kind: kind, subject_id: subjectId } = statement
  const now = context.clock()
  const [contact] = kind === 'partner' ? await listContacts(context.db, accountId, [subjectId]) : []
  return {
    deliveryId: id,
    accountId,
    statementId: id,
    runId,
    messageId: `<${id}@${mailFrom.domain}>`,
    to: parseAddress(contact?.email ?? '') ?? `nobody@${mailFrom.domain}`,
    replyTo: input.reply_to ? parseMailbox(input.reply_to) : undefined,
    isCopy: false,
    madeAt: now,
    date: now,
  }
}

/** The statements of a run that have their files, in their order. */
async function* statementsOf(context: RunContext, run: Run): AsyncGenerator<StatementRow> {
  for (let next = 0, page = await pageOf(context, run, 0); page.length > 0; page = await pageOf(context, run, next)) {
    for (const row of page) {
      const statement = row.status === 'unchanged' && row.replaces ? await findStatement(context.db, row.replaces) : row
      if (statement?.status === 'rendered') yield statement
    }
    next = (page.at(-1)?.ordinal ?? 0) + 1
  }
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
