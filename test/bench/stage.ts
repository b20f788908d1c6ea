import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEmbedded } from '../../db/embedded/open.ts'
import type { Options } from './args.ts'

/** What the rows share: a PostgreSQL server, opened when the first one asks for it, and a folder that goes at the end. */
export interface Stage {
  readonly options: Options
  readonly folder: string
  /** Of a database on the server that is ours to make others beside. */
  readonly server: () => Promise<string>
  readonly note: (text: string) => void
  readonly close: () => Promise<void>
}

export async function openStage(options: Options, given: string | undefined): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'bursar-bench-'))
  await chmod(folder, 0o711) // as root the embedded server is another user
  let opened: Promise<{ url: string; close: () => Promise<void> }> | undefined
  const server = async () => {
    opened ??= given ? Promise.resolve({ url: given, close: async () => {} }) : openEmbedded(join(folder, 'server'))
    return (await opened).url
  }
  const close = async () => {
    await (await opened)?.close()
    await rm(folder, { recursive: true, force: true })
  }
  const note = (text: string) => void process.stderr.write(`${text}\n`)
  return { options, folder, server, note, close }
}
