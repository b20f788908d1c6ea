import pino, { type Logger } from 'pino'

/** Structured lines on stderr: stdout belongs to what a command answers. Ids, never addresses or amounts (SPEC 11). */
export function createLogger(level: string): Logger {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination({ fd: 2, sync: true }))
}
