import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './redis.ts'
import { until } from './until.ts'

/** Where PgBouncer is; undefined, and said aloud, where it is not. */
export function findPooler(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  const found = folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path))
  if (!found) process.stderr.write('\n*** NOT TESTED BEHIND A POOLER: pgbouncer is not installed ***\n')
  return found
}

/** A pooler before a database, without any setting but how it hands out sessions. */
export async function startPooler(program: string, url: string, mode: 'session' | 'transaction' | 'statement') {
  const { hostname, port, username, password, pathname } = new URL(url)
  const name = pathname.slice(1)
  const folder = await mkdtemp(join(tmpdir(), 'bursar-pooler-'))
  await chmod(folder, 0o755)
  const own = await freePort()
  const settings = `[databases]
${name} = host=${hostname} port=${port || 5432} dbname=${name} user=${username}${password && ` password='${decodeURIComponent(password)}'`}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${own}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
default_pool_size = 40
`
  await writeFile(join(folder, 'pgbouncer.ini'), settings)
  // It refuses to be root.
  const as = userInfo().uid === 0 ? ['-u', 'nobody'] : []
  const child = spawn(program, ['-q', ...as, join(folder, 'pgbouncer.ini')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const gone = once(child, 'exit')
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(own, '127.0.0.1')
      socket
        .once('error', () => resolve(false))
        .once('connect', () => {
          socket.destroy()
          resolve(true)
        })
    })
  await until(() => child.exitCode !== null || listens(), 'the pooler listens')
  if (child.exitCode !== null) throw new Error(`pgbouncer ended: ${said}`)
  const through = new URL(url)
  through.host = `127.0.0.1:${own}`
  return {
    url: through.href,
    close: async () => {
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}
