import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RunContext } from './context.ts'

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47])
const JPEG = Buffer.from([0xff, 0xd8, 0xff])

/**
 * The account's logo from the logos folder. The name comes from facts, so it never reaches beyond that folder; what is
 * no PNG or JPEG is left out with a warning, for a statement without a logo is better than none.
 */
export async function readLogo(
  context: Pick<RunContext, 'logos' | 'log'>,
  file: string,
): Promise<Uint8Array | undefined> {
  if (basename(file) !== file || file.startsWith('.')) return warn(context, file, 'expected a plain file name')
  const bytes = await readFile(join(context.logos, file)).catch(() => undefined)
  if (!bytes) return warn(context, file, 'expected a file in the logos folder')
  const isImage = [PNG, JPEG].some((magic) => bytes.subarray(0, magic.length).equals(magic))
  return isImage ? bytes : warn(context, file, 'expected PNG or JPEG bytes')
}

function warn(context: Pick<RunContext, 'log'>, file: string, expected: string): undefined {
  context.log.warn({ logo: file }, `logo left out: ${expected}`)
}
