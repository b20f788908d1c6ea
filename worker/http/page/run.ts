import type { FastifyInstance } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { isOpen, type Run } from '../../../db/ledger/runs/runs.ts'
import { type RunSummary, summarizeRuns } from '../../../db/ledger/runs/summary.ts'
import { OUTCOMES, searchStatements } from '../../../db/ledger/statements/search.ts'
import { controlRun, findRunOrThrow } from '../../actions/control-run.ts'
import { Refused } from '../../values/refused.ts'
import { pageOf, readNumberCursor } from '../shared/cursor.ts'
import { choiceOf, linkTo, optionOf } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'

const PER_PAGE = 50
type WithId = { Params: { id: string } }

/** `/admin/runs/:id`: how far it is, what came of it, its statements; cancel and retry. */
export function registerRun(app: FastifyInstance, parts: PageContext): void {
  const { connections, pages } = parts
  const { db } = connections.client
  const find = (id: string) => findRunOrThrow({ db }, id)
  app.get<WithId>('/admin/runs/:id', async ({ params, query }, reply) => {
    const run = await find(params.id)
    return pages.send(reply, 'run', await runView(parts, run, query))
  })
  app.get<WithId>('/admin/runs/:id/cancel', async ({ params }, reply) => {
    const run = await find(params.id)
    if (!isOpen(run)) return reply.redirect(`/admin/runs/${run.id}`, 303)
    const [summary] = await summarizeRuns(db, [run])
    const data = { title: 'Cancel a run', nav: 'runs', accounts: await listAccounts(db), run: summary }
    return pages.send(reply, 'cancel', data)
  })
  registerVerbs(app, parts)
}

function registerVerbs(app: FastifyInstance, { connections, runtime }: PageContext): void {
  const verbs = [
    { name: 'cancel', done: 'cancelled', isDone: (run: Run) => run.status === 'cancelled' },
    { name: 'retry', done: 'retried', isDone: isOpen },
  ] as const
  for (const { name, done, isDone } of verbs) {
    app.post<WithId>(`/admin/runs/:id/${name}`, async (request, reply) => {
      const before = await findRunOrThrow({ db: connections.client.db }, request.params.id)
      const there = linkTo(`/admin/runs/${before.id}`, { done })
      try {
        await controlRun(runtime.context, name, before.id, sessionOrThrow(request).key.label)
        request.log.info({ action: `run.${name}`, run: before.id }, 'admin action')
      } catch (error) {
        // A second click finds the work of the first one done.
        const now = await findRunOrThrow({ db: connections.client.db }, before.id)
        if (!(error instanceof Refused) || !isDone(now)) throw error
      }
      return reply.redirect(there, 303)
    })
  }
}

async function runView({ connections, runtime }: PageContext, run: Run, query: unknown) {
  const { db } = connections.client
  const filter = { q: optionOf(query, 'q'), outcome: choiceOf(query, 'outcome', OUTCOMES) }
  const first = ordinalOf(optionOf(query, 'cursor'))
  const search = { text: filter.q, outcome: filter.outcome, first, limit: PER_PAGE + 1 }
  const [accounts, [summary], found] = await Promise.all([
    listAccounts(db),
    summarizeRuns(db, [run]),
    searchStatements(db, run, search),
  ])
  const { page, next_cursor } = pageOf(found, PER_PAGE, (one) => [one.ordinal + 1])
  const path = `/admin/runs/${run.id}`
  return {
    title: runtime.context.reports.get(run.report)?.title ?? run.report,
    nav: 'runs',
    accounts,
    run: summary,
    waitUntil: run.status === 'waiting' ? run.wait_until : null,
    isOpen: isOpen(run),
    retryable: summary !== undefined && isRetryable(summary),
    filter,
    filtered: filter.q !== undefined || filter.outcome !== undefined,
    outcomes: OUTCOMES,
    statements: page,
    here: linkTo(path, { ...filter, cursor: optionOf(query, 'cursor') }),
    first: first > 0 ? linkTo(path, filter) : undefined,
    next: next_cursor ? linkTo(path, { ...filter, cursor: next_cursor }) : undefined,
  }
}

/** Something failed; whether the retry takes a suppressed address up is known only when it is asked. */
function isRetryable({ status, statements, deliveries }: RunSummary): boolean {
  if (isOpen({ status }) || status === 'cancelled') return false
  const failed = (statements.failed ?? 0) + (deliveries.failed ?? 0) + (deliveries.suppressed ?? 0)
  return failed > 0 || (status === 'failed' && Object.keys(statements).length === 0)
}

const LAST_ORDINAL = 2_147_483_647
const ordinalOf = (cursor: string | undefined): number =>
  Math.min(LAST_ORDINAL, Math.max(0, readNumberCursor(cursor) ?? 0))
