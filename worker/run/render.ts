import { type DueDelivery, listOpenDeliveries } from '../../db/ledger/deliveries/claims.ts'
import { findRun, moveRun, noteTiming, type Run } from '../../db/ledger/runs/runs.ts'
import {
  failStatement,
  listChunksToRender,
  listToRender,
  markRendered,
  type Rendered,
} from '../../db/ledger/statements/rendering.ts'
import type { StatementRow } from '../../db/ledger/statements/statements.ts'
import type { Dress } from '../../templates/statement.ts'
import type { Job } from '../queue/queue.ts'
import { closeFinishedRun } from './close.ts'
import type { RunContext, RunKey } from './context.ts'
import { dressesOf } from './dress.ts'
import { type Drawing, type RenderedFile, RendererClosed } from './renderer.ts'
import { subjectName } from './subject.ts'

/** Statements rendered by one job: long enough to be worth a job, short enough to be shared by workers. */
export const CHUNK = 25

/** Queues what of the run has no files yet; a run with nothing to render goes on to its deliveries. */
export async function queueRendering(context: RunContext, run: Run): Promise<void> {
  const chunks = await listChunksToRender(context.db, run, CHUNK)
  await context.queue.add(
    chunks.map((first) => ({ name: 'render', data: { accountId: run.account_id, runId: run.id, first } })),
  )
  if (chunks.length === 0) await finishRendering(context, run)
}

/** Renders and stores one chunk; its mails are queued the moment its files are stored, while other chunks still render. */
export async function renderChunk(context: RunContext, { runId, first }: RunKey & { first: number }): Promise<void> {
  const run = await findRun(context.db, runId)
  if (!run || !context.reports.has(run.report) || run.status !== 'rendering') return
  const statements = await listToRender(context.db, run, first, CHUNK)
  const rendered = await renderAll(context, run, statements)
  const due = context.clock()
  const ids = await markRendered(context.db, run.account_id, rendered, due)
  await context.queue.add(ids.map((id) => deliverJob({ account_id: run.account_id, id, due })))
  await finishRendering(context, run)
}

/** Statements are drawn while the files of those before them are being written; what fails fails alone. */
async function renderAll(context: RunContext, run: Run, statements: readonly StatementRow[]): Promise<Rendered[]> {
  const dresses = await dressesOf(context, run.account_id, statements)
  const under: Promise<Rendered | undefined>[] = []
  const drawing = new Set<Promise<unknown>>()
  for (const statement of statements) {
    const drawn = context.renderer.draw(drawingOf(run, statement, dresses(statement)))
    const stored = storeFiles(context, statement, drawn).catch((error: Error) => fail(context, statement, error))
    stored.catch(() => undefined) // told by the wait for all of them, below
    under.push(stored)
    const ended: Promise<unknown> = drawn.catch(() => undefined).then(() => drawing.delete(ended))
    drawing.add(ended)
    if (drawing.size >= context.renderer.width) await Promise.race(drawing)
  }
  return (await Promise.all(under)).filter((one) => one !== undefined)
}

const drawingOf = (run: Run, statement: StatementRow, dress: Dress): Drawing => ({
  report: run.report,
  sealed: statement.sealed ?? 'null',
  dress,
  name: subjectName({ kind: statement.subject_kind, id: statement.subject_id }),
})

async function storeFiles(
  context: RunContext,
  statement: StatementRow,
  drawn: Promise<RenderedFile[]>,
): Promise<Rendered> {
  const files = await Promise.all(
    (await drawn).map(async ({ name, type, rows, bytes }) => {
      const { sha256, size } = await context.storage.put(bytes)
      return { account_id: statement.account_id, statement_id: statement.id, name, type, rows, sha256, size }
    }),
  )
  return { id: statement.id, files }
}

async function fail(context: RunContext, statement: StatementRow, error: Error): Promise<undefined> {
  if (error instanceof RendererClosed) throw error
  context.log.error({ statement: statement.id, err: error }, 'a statement could not be rendered or stored')
  await failStatement(context.db, statement, error.message)
}

async function finishRendering(context: RunContext, run: Run): Promise<void> {
  const open = await listChunksToRender(context.db, run, CHUNK)
  if (open.length > 0) return
  if (await moveRun(context.db, run, ['rendering'], 'delivering')) {
    if (run.started_at)
      await noteTiming(context.db, run, 'rendered_after_ms', context.clock().getTime() - run.started_at.getTime())
  }
  await queueDeliveries(context, run.id)
  await closeFinishedRun(context, run)
}

/** Queues the deliveries that are due, of one run or of all. */
export async function queueDeliveries(context: RunContext, runId?: string): Promise<void> {
  const due = await listOpenDeliveries(context.db, context.clock(), runId ? { runId } : {})
  await context.queue.add(due.map(deliverJob))
}

export const deliverJob = ({ account_id, id, due }: DueDelivery): Job => ({
  name: 'deliver',
  data: { accountId: account_id, deliveryId: id },
  due,
})
