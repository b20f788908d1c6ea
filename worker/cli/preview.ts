import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { findAccount } from '../../db/access/accounts.ts'
import { listContacts } from '../../db/access/partners.ts'
import { sha256Of } from '../../db/values/sha256.ts'
import type { ReportDefinition } from '../../jobs/report.ts'
import { type Preview, previewStatement } from '../actions/preview.ts'
import { writeMessage } from '../delivery/mail/message.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { parseAddress, parseMailbox } from '../values/address.ts'
import { type Io, note, UsageError, withConnections } from './command.ts'
import { parseAccount, parseInstant } from './options.ts'
import { joiningOf, openLocalRuntime } from './run.ts'

interface PreviewOptions {
  readonly period: string
  readonly account: number
  readonly partner?: string
  readonly asOf?: Date
  readonly format: 'pdf' | 'csv' | 'html' | 'json' | 'eml'
  readonly out?: string
}

/** `preview REPORT`: one statement, computed and rendered; nothing reaches the ledger. */
export function addPreview(program: Command, io: Io): void {
  program
    .command('preview')
    .argument('<report>', 'a report of the catalogue')
    .requiredOption('--period <key>', 'a period key, or last-month, last-week, yesterday')
    .option('--partner <id>', 'the partner whose statement it is (partner reports)')
    .option('--account <n>', 'account', parseAccount, 1)
    .option('--as-of <instant>', 'the instant whose facts count (default: the end of the period)', parseInstant)
    .addOption(
      new Option('--format <format>', 'what to write')
        .choices(['pdf', 'csv', 'html', 'json', 'eml'])
        .makeOptionMandatory(),
    )
    .option('--out <file>', 'write it there instead of stdout')
    .description('compute and render one statement; writes nothing to the ledger')
    .addHelpText(
      'after',
      '\nExample:\n  bursar preview monthly-summary --period 2026-10 --partner p-7 --format pdf --out p-7.pdf',
    )
    .action(async (report: string, options: PreviewOptions) => {
      const bytes = await withConnections(io, async (connections) => {
        const runtime = await openLocalRuntime(connections, joiningOf(io, 'preview', {}, []))
        if (runtime.context.reports.get(report)?.audience === 'partner' && !options.partner) {
          throw new UsageError(`preview ${report}: expected --partner ID`)
        }
        const preview = await previewStatement(runtime.context, {
          report,
          period: options.period,
          accountId: options.account,
          partners: options.partner === undefined ? undefined : [options.partner],
          asOf: options.asOf,
          mail: false,
          trigger: 'cli',
        })
        return bytesOf(runtime, preview, options.format)
      })
      if (options.out === undefined) io.stdout.write(bytes)
      else {
        await writeFile(options.out, bytes)
        note(io, `${options.out}: ${bytes.byteLength} bytes`)
      }
    })
}

async function bytesOf(runtime: Runtime, preview: Preview, format: PreviewOptions['format']): Promise<Uint8Array> {
  if (format === 'json') return Buffer.from(preview.canonical)
  if (format === 'html') return Buffer.from(preview.mail.html)
  if (format === 'eml') return asMail(runtime, preview)
  const file = preview.files.find(({ name }) => name.endsWith(`.${format}`))
  if (!file) throw new UsageError(`${preview.sealed.report} has no ${format}`)
  return file.bytes
}

/** The mail as it would be sent; only its ids are not those of a delivery. */
async function asMail(
  { context, delivery }: Runtime,
  { sealed, canonical, sha256, files, locale, brandColor }: Preview,
): Promise<Buffer> {
  const { settings } = delivery
  const { subject, account } = sealed
  const [contact] =
    subject.kind === 'partner' ? await listContacts(context.db, account.account_id, [subject.partner_id]) : []
  const replyTo = (await findAccount(context.db, account.account_id))?.replyTo ?? null
  const hashed = files.map((file) => ({
    ...file,
    size: file.bytes.byteLength,
    sha256: sha256Of(file.bytes),
    removed: false,
  }))
  const input = {
    report: sealed.report,
    sealed: canonical,
    sha256,
    locale,
    brand_color: brandColor,
    reply_to: replyTo,
    files: hashed,
  }
  const posting = {
    deliveryId: 'preview',
    accountId: account.account_id,
    statementId: 'preview',
    runId: 'preview',
    messageId: `<preview@${settings.mailFrom.domain}>`,
    to: parseAddress(contact?.email ?? '') ?? `preview@${settings.mailFrom.domain}`,
    replyTo: replyTo === null ? undefined : parseMailbox(replyTo),
    isCopy: false,
    madeAt: context.clock(),
    date: context.clock(),
  }
  const bytesOf = async (wanted: string) => Buffer.from(hashed.find((file) => file.sha256 === wanted)?.bytes ?? [])
  return writeMessage(settings, context.reports.get(sealed.report) as ReportDefinition, input, posting, bytesOf)
}
