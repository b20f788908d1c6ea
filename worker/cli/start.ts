import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Logger } from 'pino'
import { isConnectionLoss } from '../../db/connection/outage.ts'
import { reach } from '../../db/connection/pooling.ts'
import { startApp } from '../app/app.ts'
import { openWaitingRoom, type WaitingRoom } from '../app/waiting-room.ts'
import { type Config, readConfig } from '../config/config.ts'
import { type Connections, openConnections } from '../runtime/connections.ts'
import { createLogger } from '../runtime/log.ts'
import { publicReason } from '../values/public-reason.ts'
import type { Io } from './command.ts'
import { ADOPT } from './options.ts'

const TRY_AGAIN_MS = 1_000

/** `start`: scheduler, worker and HTTP in one process, until it is asked to end. */
export function addStart(program: Command, io: Io): void {
  program
    .command('start')
    .option('--roles <roles>', 'scheduler, worker, http, joined by commas (default: ROLES, else all)')
    .option(...ADOPT)
    .description('run the scheduler, the worker and the HTTP server until a signal ends it')
    .addHelpText('after', '\nExample:\n  bursar start --roles scheduler,http')
    .action(async (options: { roles?: string; adoptSettings?: boolean }) => {
      const env = { ...io.env, ...(options.roles !== undefined && { ROLES: options.roles }) }
      const config = readConfig(env, ['ADMIN_TOKEN', 'SECRET'])
      const log = createLogger(config.logLevel)
      const connections = await openWhenReached(io, config, log)
      if (!connections) return
      try {
        const { address } = await startApp(connections, { adopt: options.adoptSettings === true })
        log.info({ roles: config.roles, address }, 'bursar is running')
        if (!io.stopping.aborted) await once(io.stopping, 'abort')
        log.info('stopping: what is under way is finished first')
      } finally {
        await connections.closers.close()
      }
    })
}

/**
 * The base, as soon as the database of `DATABASE_URL` can be reached; until then HTTP says what is waited for. Undefined when
 * asked to end before. What waiting does not cure (a wrong password, no such database) is thrown.
 */
async function openWhenReached(io: Io, config: Config, log: Logger): Promise<Connections | undefined> {
  let room: WaitingRoom | undefined
  let reason = ''
  try {
    while (!io.stopping.aborted) {
      try {
        if (config.databaseUrl) await reach(config.databaseUrl)
        await room?.close()
        room = undefined
        return await openConnections(config, log, io.clock)
      } catch (err) {
        if (!config.databaseUrl || !isConnectionLoss(err)) throw err
        reason = `not ready: database (${publicReason(err as Error)})`
        if (!room) log.warn({ err }, 'the database cannot be reached; it is asked again each second')
        if (config.roles.includes('http')) room ??= await openWaitingRoom(config, () => reason)
        await pause(TRY_AGAIN_MS, undefined, { signal: io.stopping }).catch(() => {})
      }
    }
    return undefined
  } finally {
    await room?.close()
  }
}
