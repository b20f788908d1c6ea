import { once } from 'node:events'
import type { Command } from 'commander'
import { startApp } from '../app.ts'
import { openBase } from '../base.ts'
import { readConfig } from '../config.ts'
import { createLogger } from '../log.ts'
import type { Io } from './command.ts'

/** `start`: scheduler, worker and HTTP in one process, until it is asked to end. */
export function addStart(program: Command, io: Io): void {
  program
    .command('start')
    .option('--roles <roles>', 'scheduler, worker, http, joined by commas (default: ROLES, else all)')
    .description('run the scheduler, the worker and the HTTP server until a signal ends it')
    .addHelpText('after', '\nExample:\n  bursar start --roles scheduler,http')
    .action(async (options: { roles?: string }) => {
      const env = { ...io.env, ...(options.roles !== undefined && { ROLES: options.roles }) }
      const config = readConfig(env, ['ADMIN_TOKEN', 'SECRET'])
      const log = createLogger(config.logLevel)
      const base = await openBase(config, log, io.clock)
      try {
        const { address } = await startApp(base)
        log.info({ roles: config.roles, address }, 'bursar is running')
        if (!io.stopping.aborted) await once(io.stopping, 'abort')
        log.info('stopping: what is under way is finished first')
      } finally {
        await base.closers.close()
      }
    })
}
