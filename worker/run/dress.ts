import { findAccount } from '../../db/access/accounts.ts'
import { listContacts } from '../../db/access/partners.ts'
import type { StatementRow } from '../../db/ledger/statements/statements.ts'
import type { Dress } from '../../templates/statement.ts'
import type { RunContext } from './context.ts'
import { readLogo } from './logo.ts'

type Dressed = Pick<StatementRow, 'subject_kind' | 'subject_id' | 'sha256'>

/** What statements of one account are dressed in: its brand, their readers' locales. Asked once for many. */
export async function dressesOf(
  context: Pick<RunContext, 'db' | 'logos' | 'scaleLogo' | 'log'>,
  accountId: number,
  statements: readonly Dressed[],
): Promise<(statement: Dressed) => Dress> {
  const account = await findAccount(context.db, accountId)
  const partners = statements.filter((statement) => statement.subject_kind === 'partner').map((one) => one.subject_id)
  const contacts = partners.length > 0 ? await listContacts(context.db, accountId, partners) : []
  const locales = new Map(contacts.map((contact) => [contact.partnerId, contact.locale]))
  const logo = account?.logoFile ? await readLogo(context, account.logoFile) : undefined
  return (statement) => ({
    sha256: statement.sha256 ?? '',
    locale: (statement.subject_kind === 'partner' && locales.get(statement.subject_id)) || account?.locale || 'en-US',
    ...(account?.brandColor && { brandColor: account.brandColor }),
    ...(logo && { logo }),
  })
}
