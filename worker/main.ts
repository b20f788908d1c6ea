#!/usr/bin/env node
import { runCommandLine } from './cli/cli.ts'
import { environment } from './config/config.ts'

/**
 * The process: its arguments, its signals, its exit status. A second signal ends it at once, but not one that comes
 * together with the first: npm passes a terminal's signal on to a child that has had it already.
 */
const stop = new AbortController()
const SAME_SIGNAL_MS = 1_000
let asked: number | undefined
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    const now = performance.now()
    if (asked !== undefined && now - asked > SAME_SIGNAL_MS) process.exit(1)
    asked ??= now
    stop.abort()
  })
}

// Whoever reads only the first lines of an answer (`| head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env: environment,
  stdout: process.stdout,
  stderr: process.stderr,
  clock: () => new Date(),
  stopping: stop.signal,
})
