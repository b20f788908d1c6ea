import type { Logger } from 'pino'
import { type AuditEntry, insertAudit } from '../../db/access/audit.ts'
import type { Writer } from '../../db/connection/client.ts'
import { type Config, readConfig } from '../config/config.ts'
import { type Connections, openConnections } from '../runtime/connections.ts'
import { createLogger } from '../runtime/log.ts'

/** Exit statuses (docs/installing.md, Commands). */
export const EXIT = { done: 0, failed: 1, usage: 2, partly: 3 } as const

/** The command was used wrongly: exit 2, nothing was done. */
export class UsageError extends Error {}

/** The world of one command: its environment, its streams, its clock. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: NodeJS.WritableStream & { readonly columns?: number }
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number }
  readonly clock: () => Date
  /** Aborts when the process is asked to end. */
  readonly stopping: AbortSignal
  readonly setExit: (code: number) => void
}

interface Shared {
  readonly json?: boolean
}

/** Answers on stdout: one JSON document with `--json`, else what a person reads. */
export function answer(io: Io, options: Shared, value: unknown, text: (width: number) => string): void {
  // Only a terminal has a width; what is piped on is not cut.
  const width = io.stdout.columns ?? Number.POSITIVE_INFINITY
  io.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : `${text(width)}\n`)
}

/** Does a change; `note` writes it down beside what was changed over HTTP (docs/operating.md, Watching it), in the same transaction. */
export function audited<T>(connections: Connections, change: (writer: Writer, note: Note) => Promise<T>): Promise<T> {
  return connections.client.db.transaction().execute((writer) => change(writer, notesOf(connections, writer)))
}

export const notesOf =
  ({ clock }: Connections, writer: Writer): Note =>
  (entry) =>
    insertAudit(writer, { ...entry, at: clock(), actor: COMMAND_LINE })

type Note = (entry: Omit<AuditEntry, 'at' | 'actor'>) => Promise<void>

/** Who asks, on the ledger and in the audit log. */
export const COMMAND_LINE = 'command line'

export const note = (io: Io, text: string): void => void io.stderr.write(`${text}\n`)

/** Opens what a command stands on, does it, closes everything again. */
export async function withConnections<T>(io: Io, work: (connections: Connections) => Promise<T>): Promise<T> {
  const { config, log } = settings(io)
  const connections = await openConnections(config, log, io.clock)
  try {
    return await work(connections)
  } finally {
    await connections.closers.close()
  }
}

export function settings(io: Io): { config: Config; log: Logger } {
  const config = readConfig(io.env)
  // A command's own words are its answer; the log only speaks up when something is wrong, unless asked for more.
  return { config, log: createLogger(io.env.LOG_LEVEL ? config.logLevel : 'warn') }
}
