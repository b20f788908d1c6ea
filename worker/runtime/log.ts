import pino, { type Logger } from 'pino'

/** Structured lines on stderr: stdout belongs to what a command answers. Ids, never addresses or amounts (docs/operating.md, Watching it). */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: withoutRow } },
    pino.destination({ fd: 2, sync: true }),
  )
}

/** An error without what PostgreSQL tells of the row it was about, values and all. */
export function withoutRow(error: Error) {
  const { detail: _detail, where: _where, ...told } = pino.stdSerializers.err(error)
  return told
}
