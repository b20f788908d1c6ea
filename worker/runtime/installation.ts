import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { insertAudit } from '../../db/access/audit.ts'
import type { Writer } from '../../db/connection/client.ts'
import {
  type LiveProcess,
  listLiveProcesses,
  lockInstallation,
  saveInstallation,
} from '../../db/ledger/installation.ts'
import { type NewWorker, registerWorker } from '../../db/ledger/workers.ts'
import type { Config } from '../config/config.ts'
import { mailbox } from '../config/fields.ts'
import { type Agreement, agreementOf, type Difference, differencesOf, listed, type Use } from './agreement.ts'
import type { Connections } from './connections.ts'
import { readOrKeep } from './secrets.ts'

/** Who joins, for what, and how sure of it. */
export interface Joining {
  /** As what it was started, for whoever is refused because of it. */
  readonly command: string
  readonly uses: readonly Use[]
  /** HTTP is served here: what stands in for `PUBLIC_URL` is where it listens. */
  readonly serves?: boolean
  /** A person wants the settings of this process to be those of the installation. */
  readonly adopt?: boolean
  /** Says aloud what was taken over. */
  readonly say?: (text: string) => void
}

/** The settings of this process are not those of its installation; nothing was changed. */
export class SettingsDiffer extends Error {
  override readonly name = 'SettingsDiffer'
}

/**
 * Says to the ledger that this process lives and what it goes by, and gives back its settings with what it leaves to the
 * installation. Throws SettingsDiffer where another that lives goes by something else, or where nobody lives but what
 * differs would mail nobody, break links or lose sight of files; the rest is then taken over, aloud and audited.
 */
export async function joinInstallation(
  connections: Connections,
  worker: Pick<NewWorker, 'id' | 'host' | 'pid'>,
  joining: Joining,
  secret: string,
): Promise<{ readonly config: Config; readonly worker: NewWorker }> {
  const { uses, command, serves = false } = joining
  const storage = uses.includes('files') ? await nameOfStorage(connections.config) : ''
  const own = agreementOf(connections.config, uses, { secret, storage, serves })
  const registered = { ...worker, command, settings: uses.length > 0 ? own : null }
  return connections.client.db.transaction().execute(async (writer) => {
    const agreed = await agree(connections, writer, own, joining)
    await registerWorker(writer, registered)
    return { config: completed(connections.config, agreed, serves), worker: registered }
  })
}

async function agree(connections: Connections, writer: Writer, own: Agreement, joining: Joining): Promise<Agreement> {
  const known = ((await lockInstallation(writer)) ?? {}) as Agreement
  if (joining.uses.length === 0) return known
  const others = await listLiveProcesses(writer)
  const differences = differencesOf(known, own)
  const isRefused = others.length > 0 || (!joining.adopt && differences.some(({ isGrave }) => isGrave))
  if (differences.length > 0 && isRefused) throw new SettingsDiffer(refusal(differences, others, joining))
  const { publicUrlByDefault = known.publicUrlByDefault } = others.length > 0 ? known : own
  const agreed = { ...known, ...own, ...(publicUrlByDefault && { publicUrlByDefault }) }
  const now = connections.clock()
  await saveInstallation(writer, agreed, now)
  if (differences.length > 0) {
    joining.say?.(`the installation's settings are now those of this process:\n${listed(differences)}`)
    const [before, after] = [known, agreed]
    await insertAudit(writer, {
      at: now,
      actor: joining.command,
      action: 'settings.adopt',
      target: 'installation',
      before,
      after,
    })
  }
  return agreed
}

/** What a process was not told it takes from those who were. */
function completed(config: Config, agreed: Agreement, serves: boolean): Config {
  const { named } = config
  const mailFrom = agreed.mailFrom ? mailbox.safeParse(agreed.mailFrom).data : undefined
  const publicUrl = agreed.publicUrl ?? (serves ? undefined : agreed.publicUrlByDefault)
  return {
    ...config,
    ...(!named.includes('MAIL_FROM') && mailFrom && { mailFrom }),
    ...(!named.includes('PUBLIC_URL') && publicUrl && { publicUrl }),
  }
}

function refusal(differences: readonly Difference[], others: readonly LiveProcess[], joining: Joining): string {
  const held = others.map(({ command, pid, host }) => `${command ?? 'a process'} (process ${pid} on ${host})`)
  const adopting = held.length > 0 ? 'stop these first' : 'give --adopt-settings'
  return [
    'the settings of this process are not those of its installation; nothing was done:',
    listed(differences),
    ...(held.length > 0 ? [`at work with what is agreed: ${held.join(', ')}`] : []),
    `Set what differs as it is agreed. To change it on purpose ${adopting}.`,
    ...(joining.command === 'run'
      ? [
          'To look at mails without mailing anybody: run --as-outbox writes them to the outbox, and the ledger says not mailed.',
        ]
      : []),
  ].join('\n')
}

/** A folder carries a name of its own, made by the first who uses it. */
async function nameOfStorage({ storage }: Config): Promise<string> {
  if (storage.kind === 's3') {
    const at = storage.endpoint ? ` at ${storage.endpoint}` : ''
    return `s3://${storage.bucket}/${storage.prefix}${at}`
  }
  const { value } = await readOrKeep(join(storage.dir, 'installation-id'), randomUUID)
  return `file:${storage.dir}#${value}`
}
