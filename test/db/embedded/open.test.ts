import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../../../db/embedded/lock-file.ts'
import { openEmbedded } from '../../../db/embedded/open.ts'

let home: string
let members: ChildProcess[]

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), 'bursar-embedded-'))
  await chmod(parent, 0o711)
  home = join(parent, 'a home')
  members = []
})
afterEach(async () => {
  for (const member of members) member.kill('SIGKILL')
  const pid = await postmaster()
  if (pid && (await isAlive(pid))) process.kill(pid, 'SIGKILL')
  await rm(join(home, '..'), { recursive: true, force: true, maxRetries: 5 })
})

const dataDir = () => join(home, 'postgres', 'data')

async function postmaster(): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir(), 'postmaster.pid'), 'utf8').catch(() => '0'), 10)
}

async function ask<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<T & pg.QueryResultRow>(sql).finally(() => client.end())
  return rows
}

/** Another process on the same home; resolves with the server's pid once it is in. */
async function enter(): Promise<{ process: ChildProcess; server: number }> {
  const child = spawn(process.execPath, [join('test', 'support', 'embedded-member.mjs'), home], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  members.push(child)
  const [said] = await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { process: child, server: Number(/^in (\d+)$/m.exec(String(said))?.[1]) }
}

async function leave(child: ChildProcess): Promise<number | null> {
  child.stdin?.end()
  const [code] = await once(child, 'exit')
  return code
}

test('a home keeps its data; the server is local, durable and asks for its password', async () => {
  const first = await openEmbedded(home)
  await ask(first.url, 'create table kept as select 42 as answer')
  const settings = await ask<{ name: string; setting: string }>(
    first.url,
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'listen_addresses', 'TimeZone', 'server_encoding') order by name`,
  )
  expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
    fsync: 'on',
    listen_addresses: '127.0.0.1',
    server_encoding: 'UTF8',
    synchronous_commit: 'on',
    TimeZone: 'UTC',
  })
  const wrong = new URL(first.url)
  wrong.password = 'wrong'
  await expect(ask(wrong.href, 'select 1')).rejects.toThrow('password')
  const server = await postmaster()
  await first.close()
  expect(await isAlive(server)).toBe(false)

  const second = await openEmbedded(home)
  expect(second.url).toBe(first.url)
  expect(await ask(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  await second.close()
})

test('everybody shares one server, and only the last one out stops it', async () => {
  const here = await openEmbedded(home)
  const there = await enter()
  expect(there.server).toBe(await postmaster())
  await here.close()
  expect(await isAlive(there.server)).toBe(true)
  const third = await enter()
  expect(third.server).toBe(there.server)
  expect(await leave(there.process)).toBe(0)
  expect(await isAlive(third.server)).toBe(true)
  expect(await leave(third.process)).toBe(0)
  expect(await isAlive(third.server)).toBe(false)
})

test('eight first starts at once make one cluster and one server', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, enter))
  expect(new Set(all.map(({ server }) => server)).size).toBe(1)
  expect(await Promise.all(all.map(({ process }) => leave(process)))).toEqual(Array(8).fill(0))
  expect(await isAlive(all[0]?.server ?? 0)).toBe(false)
  expect((await readdir(join(home, 'postgres'))).sort()).toEqual(['data', 'log', 'port'])
})

test('whoever comes while the last one leaves gets a server too', async () => {
  await (await openEmbedded(home)).close()
  for (let round = 0; round < 5; round++) {
    const first = await openEmbedded(home)
    const [second] = await Promise.all([openEmbedded(home), first.close()])
    expect(await ask(second.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await second.close()
  }
  expect(await postmaster()).toBe(0)
})

test('the last one out stops the server also when the others were killed a moment ago', async () => {
  const here = await openEmbedded(home)
  const others = await Promise.all([enter(), enter()])
  const server = await postmaster()
  for (const { process } of others) process.kill('SIGKILL')
  await Promise.all(others.map(({ process }) => once(process, 'exit')))
  await here.close()
  expect(await isAlive(server)).toBe(false)
})

test('kill -9 of everybody, server included, and a start in the same instant: what was committed is there', async () => {
  const first = await openEmbedded(home)
  await ask(first.url, 'create table kept (n int)')
  await first.close()
  for (let round = 1; round <= 3; round++) {
    const member = await enter()
    await ask(first.url, `insert into kept values (${round})`)
    member.process.kill('SIGKILL')
    process.kill(member.server, 'SIGKILL')
    const next = await openEmbedded(home)
    expect(await ask(next.url, 'select count(*)::int as n from kept')).toEqual([{ n: round }])
    await next.close()
  }
})

test('a server that dies under a running process comes back on the same address', async () => {
  const here = await openEmbedded(home)
  const before = await postmaster()
  process.kill(before, 'SIGKILL')
  await expect.poll(() => ask(here.url, 'select 1 as one').catch(() => []), { timeout: 30_000 }).toEqual([{ one: 1 }])
  const after = await postmaster()
  expect(after).not.toBe(before)
  await here.close()
  expect(await isAlive(after)).toBe(false)
})

test.each([
  ['a process that got the number since', () => `${process.pid}\n${dataDir()}\n1\n15432\n\n127.0.0.1\n 1 1\nready\n`],
  ['nobody, for its writer was killed', () => ''],
])('a lock file that names %s does not lock the home', async (_, text) => {
  await (await openEmbedded(home)).close()
  await writeFile(join(dataDir(), 'postmaster.pid'), text(), { mode: 0o644 })
  const next = await openEmbedded(home)
  expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }])
  await next.close()
})

test('what a killed first start left is swept away', async () => {
  const child = spawn(process.execPath, [join('test', 'support', 'embedded-member.mjs'), home], {
    stdio: 'ignore',
    detached: true,
  })
  const drafts = () => readdir(join(home, 'postgres')).catch(() => [] as string[])
  await expect.poll(drafts, { interval: 5, timeout: 30_000 }).not.toEqual([])
  process.kill(-(child.pid as number), 'SIGKILL')
  const next = await openEmbedded(home)
  expect((await drafts()).sort()).toEqual(['data', 'log', 'port'])
  await next.close()
})

test('a data directory of another major version is refused with what to do', async () => {
  await (await openEmbedded(home)).close()
  await writeFile(join(dataDir(), 'PG_VERSION'), '17\n')
  await expect(openEmbedded(home)).rejects.toThrow(/another major version .*17.*pg_dump/)
})

test('a home that cannot be made says which and why', async () => {
  await writeFile(join(home, '..', 'file'), '')
  await expect(openEmbedded(join(home, '..', 'file'))).rejects.toThrow(/cannot make .*file.postgres: E/)
})
