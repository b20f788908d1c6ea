import type { Command } from 'commander'
import { findAccount } from '../../db/access/accounts.ts'
import {
  type CreatedKey,
  createKey,
  findPartnerAccountOrThrow,
  listKeys,
  revokeKey,
  UnknownPartner,
} from '../../db/access/keys.ts'
import type { Writer } from '../../db/connection/client.ts'
import type { Connections } from '../runtime/connections.ts'
import { answer, audited, EXIT, type Io, UsageError, withConnections } from './command.ts'
import { parseAccount } from './options.ts'
import { table } from './table.ts'

interface CreateOptions {
  readonly label: string
  readonly admin?: boolean
  readonly account?: number
  readonly partner?: string
  readonly json?: boolean
}

/** `token create`, `token list`, `token revoke`: API keys; the secret is shown once. */
export function addToken(program: Command, io: Io): void {
  const token = program.command('token').description('API keys').addHelpText('after', '\nExample:\n  bursar token list')
  token
    .command('create')
    .requiredOption('--label <label>', 'what the key is for')
    .option('--admin', 'an admin key')
    .option('--account <n>', 'a key of this account; with --partner: the account of the partner', parseAccount)
    .option('--partner <id>', 'a key of this partner')
    .option('--json', 'print one JSON document')
    .description('make a key; its secret is shown once')
    .addHelpText('after', '\nExample:\n  bursar token create --label "BI export" --account 1')
    .action(async (options: CreateOptions) => {
      const key = await withConnections(io, (connections) => createAudited(io, connections, options))
      answer(
        io,
        options,
        key,
        () => `${key.token}\nkey ${key.id} (${key.kind}) ${key.label}; the secret is not shown again`,
      )
    })
  token
    .command('list')
    .option('--json', 'print one JSON document')
    .description('keys, without their secrets')
    .addHelpText('after', '\nExample:\n  bursar token list')
    .action(async (options: { json?: boolean }) => {
      const keys = await withConnections(io, ({ client }) => listKeys(client.db))
      answer(io, options, keys, (width) =>
        table(
          ['ID', 'KIND', 'ACCOUNT', 'PARTNER', 'LABEL', 'SECRET'],
          keys.map((key) => [
            String(key.id),
            key.kind,
            String(key.accountId ?? ''),
            key.partnerId ?? '',
            key.label,
            `…${key.lastFour}`,
          ]),
          width,
        ),
      )
    })
  token
    .command('revoke')
    .argument('<id>', 'the id of a key')
    .option('--json', 'print one JSON document')
    .description('switch a key off, at once')
    .addHelpText('after', '\nExample:\n  bursar token revoke 7')
    .action(async (id: string, options: { json?: boolean }) => {
      const revoked =
        /^\d{1,15}$/.test(id) &&
        (await withConnections(io, (connections) =>
          audited(connections, async (writer, note) => {
            const done = await revokeKey(writer, Number(id), io.clock())
            if (done) await note({ action: 'token.revoke', target: id })
            return done
          }),
        ))
      answer(io, options, { id, revoked }, () =>
        revoked ? `key ${id} is revoked` : `key ${JSON.stringify(id)} does not exist or is revoked already`,
      )
      if (!revoked) io.setExit(EXIT.failed)
    })
}

function createAudited(io: Io, connections: Connections, options: CreateOptions): Promise<CreatedKey> {
  return audited(connections, async (writer, note) => {
    const { id, kind, label, token } = await create(io, writer, options)
    const after = { kind, label, account: options.account ?? null, partner: options.partner ?? null }
    await note({ action: 'token.create', target: String(id), after })
    return { id, token, label, kind }
  })
}

async function create(io: Io, db: Writer, { label, admin, account, partner }: CreateOptions): Promise<CreatedKey> {
  if (!label.trim()) throw new UsageError('--label: expected some words')
  if (admin && (account !== undefined || partner !== undefined))
    throw new UsageError('--admin goes without --account and --partner')
  if (admin) return createKey(db, { kind: 'admin', label, now: io.clock() })
  if (partner !== undefined) {
    const accountId = await findPartnerAccountOrThrow(db, partner, account).catch(asUsage)
    return createKey(db, { kind: 'partner', accountId, partnerId: partner, label, now: io.clock() })
  }
  if (account === undefined) throw new UsageError('expected one of --admin, --account N, --partner ID')
  if (!(await findAccount(db, account))) throw new UsageError(`account ${account} does not exist`)
  return createKey(db, { kind: 'account', accountId: account, label, now: io.clock() })
}

function asUsage(error: unknown): never {
  throw error instanceof UnknownPartner ? new UsageError(error.message) : error
}
