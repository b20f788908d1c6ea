#!/usr/bin/env node
import { runCommandLine } from './cli.ts'
import { environment } from './config.ts'

/** The process: its arguments, its signals, its exit status. A second signal ends it at once. */
const stop = new AbortController()
let signals = 0
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    signals++
    if (signals > 1) process.exit(1)
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
