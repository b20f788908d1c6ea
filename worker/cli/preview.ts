import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import type { Base } from '../base.ts'
import { composeMail } from '../mail/compose.ts'
import { type Preview, previewStatement } from '../run/preview.ts'
import { type Io, note, UsageError, withBase } from './command.ts'
import { parseAccount, parseInstant } from './options.ts'
import { openLocalWorks } from './run.ts'

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
      const bytes = await withBase(io, async (base) => {
        const { context } = await openLocalWorks(base)
        if (context.reports.get(report)?.audience === 'partner' && !options.partner) {
          throw new UsageError(`preview ${report}: expected --partner ID`)
        }
        const preview = await previewStatement(context, {
          report,
          period: options.period,
          accountId: options.account,
          partners: options.partner === undefined ? undefined : [options.partner],
          asOf: options.asOf,
          mail: false,
          trigger: 'cli',
        })
        return bytesOf(base, preview, options.format)
      })
      if (options.out === undefined) io.stdout.write(bytes)
      else {
        await writeFile(options.out, bytes)
        note(io, `${options.out}: ${bytes.byteLength} bytes`)
      }
    })
}

async function bytesOf(base: Base, preview: Preview, format: PreviewOptions['format']): Promise<Uint8Array> {
  if (format === 'json') return Buffer.from(preview.canonical)
  if (format === 'html') return Buffer.from(preview.mail.html)
  if (format === 'eml') return asMail(base, preview)
  const file = preview.files.find(({ name }) => name.endsWith(`.${format}`))
  if (!file) throw new UsageError(`${preview.sealed.report} has no ${format}`)
  return file.bytes
}

/** The mail as it would be sent, to nobody in particular. */
function asMail({ config, clock }: Base, preview: Preview): Promise<Buffer> {
  const { subject } = preview.sealed
  return composeMail({
    id: 'preview',
    messageId: `<preview@${config.mailFrom.domain}>`,
    date: clock(),
    from: config.mailFrom,
    to: { name: subject.name, address: `preview@${config.mailFrom.domain}` },
    replyTo: undefined,
    runId: 'preview',
    unsubscribeUrl: undefined,
    body: preview.mail,
    attachments: preview.files.map(({ name, type, bytes }) => ({ name, type, bytes: Buffer.from(bytes) })),
  })
}
