import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import type { Database } from '../../../db/connection/client.ts'
import type { Delivery } from '../../../db/ledger/deliveries/delivery.ts'
import { listAttempts, listStatementDeliveries } from '../../../db/ledger/deliveries/lists.ts'
import { findRun } from '../../../db/ledger/runs/runs.ts'
import { contentIdOf } from '../../../db/ledger/statements/contents.ts'
import { listRevisions } from '../../../db/ledger/statements/revisions.ts'
import { findStatement, listFiles, type StatementRow } from '../../../db/ledger/statements/statements.ts'
import { findSubjectNames } from '../../../db/ledger/statements/subject-names.ts'
import { correctionText } from '../../../templates/correction.ts'
import { safeLocale } from '../../../templates/format.ts'
import type { Sealed } from '../../../templates/statement.ts'
import { findStatementOrThrow } from '../shared/find.ts'
import { changesOf, sectionsOf } from './figures.ts'
import { readMailHead } from './mail-head.ts'
import type { PageContext } from './parts.ts'
import type { PageData } from './render.ts'
import { newResend } from './resend-form.ts'

/** `/admin/statements/:id`: figures beside the PDF, the files, the mails as sent, the deliveries with their history. */
export function registerStatement(app: FastifyInstance, parts: PageContext): void {
  app.get<{ Params: { id: string } }>('/admin/statements/:id', async (request, reply) => {
    const statement = await findStatementOrThrow(parts.connections.client.db, request.params.id)
    return parts.pages.send(reply, 'statement', await statementView(parts, statement, newResend(request)))
  })
}

export async function statementView(
  { connections, runtime }: PageContext,
  statement: StatementRow,
  resend: Readonly<Record<string, unknown>>,
): Promise<PageData> {
  const { db } = connections.client
  const shown = await contentOf(db, statement)
  const sealed = shown?.sealed ? (JSON.parse(shown.sealed) as Sealed<unknown, unknown>) : undefined
  const ids = [...new Set([statement.id, ...(shown ? [shown.id] : [])])]
  const [accounts, run, files, deliveries, revisions] = await Promise.all([
    listAccounts(db),
    findRun(db, statement.run_id),
    shown ? listFiles(db, shown) : [],
    listStatementDeliveries(db, statement.account_id, ids),
    listRevisions(db, statement),
  ])
  const mail = deliveries.findLast(
    ({ mail_sha256, mail_removed_at }) => mail_sha256 !== null && mail_removed_at === null,
  )
  const subject = sealed?.subject.name ?? (await nameOf(db, statement))
  return {
    title: subject,
    nav: 'runs',
    accounts,
    statement,
    subject,
    run,
    report: runtime.context.reports.get(run?.report ?? '')?.title ?? run?.report,
    repeats: shown && shown.id !== statement.id ? shown : undefined,
    sha256: shown?.sha256,
    sealed,
    sections: sealed ? sectionsOf(sealed) : [],
    changes: statement.sealed && sealed ? changesOf(sealed) : [],
    correction: sealed && correctionText(sealed, safeLocale(sealed.account.locale)),
    files,
    pdf: files.find(({ type, removed_at }) => type === 'application/pdf' && removed_at === null),
    deliveries: await Promise.all(deliveries.map((delivery) => withHistory(db, delivery))),
    original: deliveries.findLast(({ resend_of }) => resend_of === null) ?? deliveries.at(-1),
    mail: mail && { id: mail.id, isSent: mail.status === 'sent', ...(await readMailHead(connections.storage, mail)) },
    revisions: revisions.length > 1 ? revisions : [],
    ...resend,
  }
}

const withHistory = async (db: Database, delivery: Delivery) => ({
  ...delivery,
  history: await listAttempts(db, delivery),
})

/** The statement that holds the figures: an unchanged one repeats an earlier one. */
async function contentOf(db: Database, statement: StatementRow): Promise<StatementRow | undefined> {
  const id = contentIdOf(statement)
  return id === statement.id ? statement : findStatement(db, id)
}

/** Of a subject whose statement says nothing. */
async function nameOf(db: Database, statement: StatementRow): Promise<string> {
  const names = await findSubjectNames(db, [statement])
  return names.get(`${statement.subject_kind}:${statement.subject_id}`) ?? statement.subject_id
}
