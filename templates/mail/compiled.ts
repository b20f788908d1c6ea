import { readFile, writeFile } from 'node:fs/promises'
import { sha256Of } from '../../db/values/sha256.ts'
import { LAYOUT } from './layout.ts'

/** Beside the compiled program; in the sources there is none. */
const FILE = new URL('./layout.json', import.meta.url)

/**
 * The layout as HTML, places still to be filled: as the build left it, else compiled now. MJML holds up the process for a
 * third of a second, in which nothing else is done.
 */
export const compiledLayout = async (file: URL | string = FILE): Promise<string> =>
  (await readCompiled(file)) ?? compileLayout()

/** What the build does. */
export async function writeCompiled(file: URL | string = FILE): Promise<void> {
  await writeFile(file, JSON.stringify({ of: digest(LAYOUT), html: await compileLayout() }))
}

export async function compileLayout(): Promise<string> {
  const { default: mjml } = await import('mjml')
  const { html } = await mjml(LAYOUT, { fonts: {}, keepComments: false, validationLevel: 'skip', minify: false })
  return html.replace(/>\s+</g, '><')
}

/** Undefined where there is none, or where it is not of this layout. */
async function readCompiled(file: URL | string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  const { of, html } = text ? JSON.parse(text) : {}
  return of === digest(LAYOUT) ? html : undefined
}

const digest = (text: string) => sha256Of(text)
