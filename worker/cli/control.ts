import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import { findDelivery } from '../../db/ledger/deliveries/lists.ts'
import { summarizeRuns } from '../../db/ledger/runs/summary.ts'
import { controlRun } from '../actions/control-run.ts'
import { requestResend } from '../actions/resend.ts'
import { inUnitOfWork } from '../actions/unit-of-work.ts'
import { SettingsDiffer } from '../runtime/installation.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { answer, COMMAND_LINE, EXIT, type Io, withConnections } from './command.ts'
import { runTable } from './ledger.ts'
import { ADOPT } from './options.ts'
import { joiningOf, openLocalRuntime } from './run.ts'

const LOOK_AGAIN_MS = 100

/** `cancel RUN` and `resend DELIVERY`. */
export function addControl(program: Command, io: Io): void {
  program
    .command('cancel')
    .argument('<run>', 'an open run')
    .option('--json', 'print one JSON document')
    .description('stop what of a run has not been sent; what was sent stays on the ledger')
    .addHelpText('after', '\nExample:\n  bursar cancel 3f0c…')
    .action(async (id: string, options: { json?: boolean }) => {
      const summary = await withConnections(io, async (connections) => {
        const { context } = await openLocalRuntime(connections, joiningOf(io, 'cancel', {}, []))
        const run = await controlRun(context, 'cancel', id, COMMAND_LINE)
        return (await summarizeRuns(context.db, [run]))[0]
      })
      answer(io, options, summary, (width) => (summary ? runTable([summary], width) : ''))
    })
  program
    .command('resend')
    .argument('<delivery>', 'a delivery')
    .option('--to <address>', 'someone else (default: the address it went to)')
    .option(...ADOPT)
    .option('--json', 'print one JSON document')
    .description('send the same bytes again, as a new delivery')
    .addHelpText('after', '\nExample:\n  bursar resend 9b1d… --to finance@example.com')
    .action(async (id: string, options: { to?: string; json?: boolean; adoptSettings?: boolean }) => {
      const ended = await withConnections(io, async (connections) => {
        const runtime = await openLocalRuntime(connections, joiningOf(io, 'resend', options))
        const wanted = { deliveryId: id, to: options.to, requestedBy: COMMAND_LINE }
        const resend = await inUnitOfWork(runtime.context, (inside) => requestResend(inside, wanted))
        return waitForDelivery(io, runtime, resend.id)
      })
      answer(
        io,
        options,
        ended,
        () => `delivery ${ended?.id}: ${ended?.status}${ended?.reply ? ` (${ended.reply})` : ''}`,
      )
      if (ended?.status !== 'sent') io.setExit(EXIT.partly)
    })
}

/**
 * Until the first attempt has an outcome; a temporary failure stays open for whoever sweeps next. Throws SettingsDiffer where
 * this process must send nothing any more: the delivery stays for those who may.
 */
async function waitForDelivery(io: Io, { context, standing }: Runtime, id: string) {
  for (;;) {
    const row = await findDelivery(context.db, id)
    const waits = row && ['pending', 'sending'].includes(row.status) && row.reply === null
    if (!waits || io.stopping.aborted)
      return row && { id: row.id, to: row.address, status: row.status, message_id: row.message_id, reply: row.reply }
    const trouble = standing.trouble()
    if (trouble !== undefined) throw new SettingsDiffer(trouble)
    await pause(LOOK_AGAIN_MS)
  }
}
