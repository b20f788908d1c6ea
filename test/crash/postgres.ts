import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openClient } from '../../db/connection/client.ts'
import { openEmbedded } from '../../db/embedded/open.ts'
import { migrateAll } from '../../worker/runtime/connections.ts'
import { watch } from './watch.ts'

/** A PostgreSQL of the test's own, migrated, which a test may stop at any moment; it comes back on the same port. */
export async function openServer() {
  const parent = await mkdtemp(join(tmpdir(), 'bursar-crash-pg-'))
  await chmod(parent, 0o711) // as root the server is another user
  const server = await openEmbedded(join(parent, 'home'))
  const client = openClient(server.url)
  await migrateAll(client.pool, new Date())
  const pid = async () =>
    Number((await readFile(join(parent, 'home/postgres/data/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  const answers = () =>
    client.pool.query('select 1').then(
      () => true,
      () => false,
    )
  return {
    db: client.db,
    url: server.url,
    /** SIGINT: as an administrator would; SIGQUIT: as a crash would. Returns when it is up again. */
    restart: async (signal: 'SIGINT' | 'SIGQUIT') => {
      const before = await pid()
      process.kill(before, signal)
      await watch(
        async () => ![0, before].includes(await pid()) && (await answers()),
        () => 'PostgreSQL is up again',
        60,
      )
    },
    close: async () => {
      await client.close()
      await server.close()
      await rm(parent, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
