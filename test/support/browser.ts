import bundled from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

/** A real browser out of the npm registry: no download, nothing to install. Close it at the end. */
export async function openBrowser(): Promise<Browser> {
  const args = bundled.args.filter((arg) => !/^--(single-process|no-zygote)$/.test(arg))
  return chromium.launch({ executablePath: await bundled.executablePath(), args, headless: true })
}
