import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePort } from './redis.ts'
import { until } from './until.ts'

/** A mail server as people run it, on ports of its own, that keeps nothing: partners.example is its domain. */
export interface RealMailServer {
  /** Of one of its services, each set otherwise. */
  readonly url: (service: string) => string
  readonly close: () => Promise<void>
}

/** Where the program is; undefined, and said aloud, where it is not or where there are no rights to run it. */
export function findServer(...names: readonly string[]): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].filter((folder) => folder !== '')
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
  if (found && process.getuid?.() === 0) return found
  const why = found ? 'it takes root to run it' : 'not installed'
  process.stderr.write(`\n*** NOT TESTED: the answers of a real ${names[0]}: ${why} ***\n`)
  return undefined
}

/** `services`: settings of main.cf for each. `rcpt`: what a policy service says of a recipient (Postfix's access(5)). */
export async function startPostfix(
  program: string,
  services: Readonly<Record<string, readonly string[]>>,
  rcpt: (address: string) => string,
): Promise<RealMailServer> {
  const folder = await makeFolder('postfix')
  const policy = await startPolicy(rcpt)
  await mkdir(join(folder, 'queue'))
  await mkdir(join(folder, 'data'))
  execFileSync('chown', ['postfix', join(folder, 'data')])
  await writeFile(join(folder, 'main.cf'), mainCf(folder, policy.port))
  const ports = await portsOf(services)
  const listening = Object.entries(services).map(
    ([name, settings]) =>
      `127.0.0.1:${ports.get(name)} inet n - n - - smtpd${settings.map((one) => `\n  -o ${one}`).join('')}`,
  )
  await writeFile(join(folder, 'master.cf'), [...listening, INSIDE, ''].join('\n'))
  const close = await run(program, ['-c', folder, 'start-fg'], ports, join(folder, 'log'))
  return {
    url: (service) => `smtp://127.0.0.1:${ports.get(service)}`,
    close: async () => {
      const stopping = spawn(program, ['-c', folder, 'stop'], { stdio: 'ignore' })
      await once(stopping, 'exit')
      await close()
      await policy.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const mainCf = (folder: string, policyPort: number) => `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
myhostname = mx.partners.example
mydestination =
mynetworks = 192.0.2.0/24
inet_protocols = ipv4
alias_maps =
virtual_mailbox_domains = partners.example
virtual_mailbox_maps = inline:{ann@partners.example=x, full@partners.example=x, grey@partners.example=x, jörg@partners.example=x}
virtual_transport = discard
message_size_limit = 20000
smtpd_peername_lookup = no
smtpd_client_event_limit_exceptions =
smtpd_relay_restrictions = defer_unauth_destination
smtpd_recipient_restrictions = check_policy_service inet:127.0.0.1:${policyPort}
`

const INSIDE = `
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd`

/** A policy service as postgrey and Dovecot's quota-status are (Postfix, SMTPD_POLICY_README). */
async function startPolicy(rcpt: (address: string) => string) {
  const server = createServer((socket) => {
    let asked = ''
    socket.setEncoding('utf8').on('error', () => {})
    socket.on('data', (text) => {
      asked += text
      for (let end = asked.indexOf('\n\n'); end >= 0; end = asked.indexOf('\n\n')) {
        const recipient = /^recipient=(.*)$/m.exec(asked.slice(0, end))?.[1] ?? ''
        asked = asked.slice(end + 2)
        socket.write(`action=${rcpt(recipient)}\n\n`)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, close: () => new Promise<void>((done) => server.close(() => done())) }
}

/** `services`: the conditions that make a sender wait or go, as ACL lines at MAIL (Exim's specification, 44). */
export async function startExim(
  program: string,
  services: Readonly<Record<string, readonly string[]>>,
): Promise<RealMailServer> {
  const folder = await makeFolder('exim')
  await chmod(folder, 0o777)
  const ports = await portsOf(services)
  const atMail = Object.entries(services).flatMap(([name, lines]) =>
    lines.map((line) => line.replace(' ', ` condition = \${if eq{$received_port}{${ports.get(name)}}}\n    `)),
  )
  await writeFile(join(folder, 'exim.conf'), eximConf(folder, atMail), { mode: 0o600 })
  const listen = [...ports.values()].join(':')
  const args = ['-C', join(folder, 'exim.conf'), '-bdf', '-oX', `<: ${listen}`, '-oP', join(folder, 'pid')]
  const close = await run(program, args, ports, join(folder, 'mainlog'))
  return {
    url: (service) => `smtp://127.0.0.1:${ports.get(service)}`,
    close: async () => {
      await close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const eximConf = (folder: string, atMail: readonly string[]) => `
spool_directory = ${folder}/spool
log_file_path = ${folder}/%slog
keep_environment =
primary_hostname = mx.partners.example
local_interfaces = 127.0.0.1
domainlist ours = partners.example
message_size_limit = 20000
tls_advertise_hosts =
host_lookup =
rfc1413_hosts =
queue_only
acl_smtp_mail = at_mail
acl_smtp_rcpt = at_rcpt
begin acl
at_mail:
${atMail.map((line) => `  ${line}\n`).join('')}  accept
at_rcpt:
  deny message = restricted characters in address
    local_parts = ^[./|] : ^.*[@%!&]
  require message = relay not permitted
    domains = +ours
  deny local_parts = full
    message = 552 Mailbox is full
  defer local_parts = grey
    message = Greylisted, please try again later
  require verify = recipient
  accept
begin routers
partners:
  driver = accept
  domains = +ours
  local_parts = ann : full : grey
  transport = away
begin transports
away:
  driver = appendfile
  file = /dev/null
`

async function makeFolder(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `bursar-${name}-`))
  await chmod(folder, 0o755) // its processes have users of their own
  return folder
}

async function portsOf(services: Readonly<Record<string, unknown>>): Promise<Map<string, number>> {
  const ports = new Map<string, number>()
  for (const name of Object.keys(services)) ports.set(name, await freePort())
  return ports
}

/** Starts a server in the foreground and waits for its ports. */
async function run(program: string, args: readonly string[], ports: ReadonlyMap<string, number>, log: string) {
  const child: ChildProcess = spawn(program, args, { stdio: 'ignore' })
  const gone = once(child, 'exit')
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  for (const port of ports.values()) await until(() => isOver() || isListening(port), `${program} listens`)
  if (isOver()) throw new Error(`${program} ended: ${await readFile(log, 'utf8').catch(String)}`)
  return async () => {
    child.kill()
    await gone
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
