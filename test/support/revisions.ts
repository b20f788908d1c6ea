import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { isOpen } from '../../db/ledger/runs/runs.ts'
import { summarizeRuns } from '../../db/ledger/runs/summary.ts'
import type { Sealed } from '../../templates/statement.ts'
import { findRunOrThrow } from '../../worker/actions/control-run.ts'
import { openRequestedRun, type RunInput } from '../../worker/actions/request-run.ts'
import type { TestDatabase } from './database.ts'
import type { TestRuntime } from './runtime.ts'
import { until } from './until.ts'

/** A period that is run again and again, and what its readers hold of it. */
export function revisionsOf(
  { db }: Pick<TestDatabase, 'db'>,
  runtime: TestRuntime,
  input: Omit<RunInput, 'accountId' | 'mail' | 'trigger'>,
) {
  const request = async (more: Partial<RunInput> = {}) => {
    const { run } = await openRequestedRun(runtime.context, {
      accountId: 1,
      mail: true,
      trigger: 'http',
      ...input,
      ...more,
    })
    return run
  }

  const ended = async (id: string) => {
    const run = await until(async () => {
      const found = await findRunOrThrow(runtime.context, id)
      return !isOpen(found) && found
    }, 'the run ends')
    const [summary] = await summarizeRuns(db, [run])
    if (!summary) throw new Error('the run has no summary')
    return summary
  }

  /** The sealed document of a subject in a revision, as the ledger says it: an unchanged one is the earlier one. */
  const statement = async (subject: string, revision: number) => {
    const row = await db
      .selectFrom('statements as s')
      .innerJoin('runs as r', (join) => join.onRef('r.id', '=', 's.run_id'))
      .leftJoin('statements as c', (join) => join.onRef('c.id', '=', 's.replaces').on('s.status', '=', 'unchanged'))
      .select(['s.status', 's.reason', 's.sealed', 'c.sealed as repeated'])
      .where('r.period', '=', input.period)
      .where('s.subject_id', '=', subject)
      .where('r.revision', '=', revision)
      .executeTakeFirstOrThrow()
    const sealed = JSON.parse(row.sealed ?? row.repeated ?? 'null') as Sealed<{ total: string }> | null
    return { status: row.status, reason: row.reason, sealed }
  }

  /** Every mail there is of the period to a subject, oldest first, as it lies in the outbox. */
  const mailsTo = async (subject: string) => {
    const sent = await db
      .selectFrom('deliveries as d')
      .innerJoin('runs as r', (join) => join.onRef('r.id', '=', 'd.run_id'))
      .select(['d.id', 'd.address'])
      .where('r.period', '=', input.period)
      .where('d.subject_id', '=', subject)
      .where('d.status', '=', 'sent')
      .orderBy('d.sent_at')
      .orderBy('r.revision')
      .execute()
    return Promise.all(
      sent.map(async ({ id, address }) => {
        const mail = await PostalMime.parse(await readFile(join(runtime.home, 'outbox', `${id}.eml`)))
        return { id, to: address, subject: mail.subject ?? '', text: mail.text ?? '' }
      }),
    )
  }

  return {
    request,
    ended,
    run: async (more: Partial<RunInput> = {}) => ended((await request(more)).id),
    statement,
    mailsTo,
    countMails: async () => (await readdir(join(runtime.home, 'outbox')).catch(() => [])).filter(isMail).length,
  }
}

const isMail = (name: string) => name.endsWith('.eml')
