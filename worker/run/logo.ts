import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { RunContext } from './context.ts'

type LogoContext = Pick<RunContext, 'logos' | 'scaleLogo' | 'log'>

const LARGEST_FILE = 25_000_000

/** By path, time and size: a run asks with each of its chunks, and a large image is seconds of work. */
const scaled = new Map<string, Promise<Uint8Array | undefined>>()
const KEPT = 200

/**
 * The account's logo from the logos folder, as small as a page needs it. The name comes from facts, so it never reaches
 * beyond that folder; what is no PNG or JPEG is left out with a warning, for a statement without a logo is better than none.
 */
export async function readLogo(context: LogoContext, file: string): Promise<Uint8Array | undefined> {
  if (basename(file) !== file || file.startsWith('.')) return warn(context, file, 'expected a plain file name')
  const path = join(context.logos, file)
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) return warn(context, file, 'expected a file in the logos folder')
  if (found.size > LARGEST_FILE) return warn(context, file, 'expected at most 25 MB')
  const key = `${path} ${found.mtimeMs} ${found.size}`
  const logo = scaled.get(key) ?? readAndScale(context, file, path)
  if (scaled.size >= KEPT) scaled.clear()
  scaled.set(key, logo)
  return logo
}

async function readAndScale(context: LogoContext, file: string, path: string): Promise<Uint8Array | undefined> {
  try {
    return await context.scaleLogo(await readFile(path))
  } catch (error) {
    return warn(context, file, (error as Error).message)
  }
}

function warn({ log }: LogoContext, file: string, expected: string): undefined {
  log.warn({ logo: file }, `logo left out: ${expected}`)
}
