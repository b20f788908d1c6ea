import { type Cluster, openCluster, SUPERUSER } from './cluster.ts'
import { DATABASE, join, type Membership } from './membership.ts'

interface Embedded {
  /** Of the database `bursar`, with the password; the same as long as this process runs. */
  readonly url: string
  /** Stops the server where this process is the last that uses it, and returns when it has ended. */
  readonly close: () => Promise<void>
}

/**
 * PostgreSQL 18 on `home`/postgres, for all processes that name this home: the first one in starts it, the last one out
 * stops it (docs/installing.md, Settings). Survives kill -9 of everything at any moment. `settings` go before ours. Throws EmbeddedError.
 */
export async function openEmbedded(home: string, settings: Readonly<Record<string, string>> = {}): Promise<Embedded> {
  const cluster = await openCluster(home, settings)
  const membership = await join(cluster)
  const url = `postgres://${SUPERUSER}:${cluster.password}@127.0.0.1:${membership.port}/${DATABASE}`
  return { url, close: keep(cluster, membership) }
}

/** Joins again, or starts the server again on the same port, whenever it goes away under us. Returns how to leave. */
function keep(cluster: Cluster, first: Membership): () => Promise<void> {
  let leaving = false
  let current: Promise<Membership | undefined> = Promise.resolve(first)
  const watch = (membership: Membership) =>
    membership.onLost(() => {
      if (leaving) return
      current = join(cluster, membership.port).then(
        (next) => {
          watch(next)
          return next
        },
        () => undefined,
      )
    })
  watch(first)
  return async () => {
    leaving = true
    await (await current)?.leave()
  }
}
