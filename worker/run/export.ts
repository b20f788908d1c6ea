import { PassThrough } from 'node:stream'
import type { Statement } from '../../jobs/report.ts'
import type { Storage, Stored } from '../storage/storage.ts'

export type Export = Stored & { readonly rows: number }

/** Streams an export out of the snapshot into the store; both ends fail together. */
export async function storeExport(
  storage: Storage,
  write: NonNullable<Statement<unknown, unknown>['export']>,
): Promise<Export> {
  const pipe = new PassThrough()
  const stored = storage.putStream(pipe)
  const [file, { rows }] = await Promise.all([
    stored,
    write(pipe).catch((error: Error) => {
      pipe.destroy(error)
      throw error
    }),
  ])
  return { ...file, rows }
}
