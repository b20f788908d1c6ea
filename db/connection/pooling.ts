import pg from 'pg'

const PATIENCE_MS = 5_000

/** The sessions of `DATABASE_URL` are not what they are taken for; nothing was changed. */
export class SharedSessions extends Error {
  override readonly name = 'SharedSessions'
  constructor() {
    super(
      'DATABASE_URL leads to a pooler that hands out its sessions by the transaction or by the statement: settings, locks and ' +
        'notifications of one process would land in the sessions of others; expected PostgreSQL itself, or a pooler with ' +
        'pool_mode = session',
    )
  }
}

/** One connection, made and ended: throws what stands in its way, after five seconds at most. */
export async function reach(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: PATIENCE_MS })
  client.on('error', () => {})
  try {
    await client.connect()
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * Throws SharedSessions where two of our sessions turn out to be one of the server's, or one of ours to be several:
 * what a pooler does between transactions. Whichever session it gives next, one of the four looks sees it.
 */
export async function assertOwnSessions(pool: pg.Pool): Promise<void> {
  const [one, other] = [await pool.connect(), await pool.connect()]
  try {
    const first = await backendOf(one)
    await other.query('begin').catch((error: Error) => {
      throw /statement pooling mode/.test(error.message) ? new SharedSessions() : error // PgBouncer's own words
    })
    const second = await backendOf(other)
    const again = await backendOf(one)
    await other.query('commit')
    const last = await backendOf(one)
    if (first === second || again !== first || last !== first) throw new SharedSessions()
  } finally {
    one.release()
    other.release()
  }
}

async function backendOf(client: pg.PoolClient): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return rows[0]?.pid
}
