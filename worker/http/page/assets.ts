import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { sha256Of } from '../../../db/values/sha256.ts'
import { PAGE_FOLDER } from './render.ts'

const YEAR_S = 365 * 24 * 3600

/**
 * Style sheet, script and icon, from our own origin: `/admin/assets/<name>`. Gives their addresses with the hash of their
 * content, so that they may be kept for ever.
 */
export async function registerAssets(app: FastifyInstance): Promise<Record<string, string>> {
  const links: Record<string, string> = {}
  for (const { name, type, file } of FILES) {
    const bytes = await readFile(file())
    const hash = sha256Of(bytes).slice(0, 16)
    links[name] = `/admin/assets/${name}?v=${hash}`
    app.get(`/admin/assets/${name}`, { config: { rateLimit: false, open: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', `public, max-age=${YEAR_S}, immutable`).send(bytes),
    )
  }
  return links
}

const ours = (name: string) => () => join(PAGE_FOLDER, 'assets', name)
const FILES = [
  { name: 'page.css', type: 'text/css; charset=utf-8', file: ours('page.css') },
  { name: 'icon.svg', type: 'image/svg+xml', file: ours('icon.svg') },
  { name: 'before-htmx.js', type: 'text/javascript; charset=utf-8', file: ours('before-htmx.js') },
  {
    name: 'htmx.js',
    type: 'text/javascript; charset=utf-8',
    file: () => createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'),
  },
] as const
