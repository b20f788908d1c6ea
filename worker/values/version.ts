import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json, from the sources and from dist alike: what is not compiled lies under it. */
export const packageRoot: string = dirname(findUp('package.json'))

/** The version that stands there. */
export const version: string = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version

function findUp(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      readFileSync(join(folder, name))
      return join(folder, name)
    } catch (error) {
      if (folder === dirname(folder)) throw error
    }
  }
}
