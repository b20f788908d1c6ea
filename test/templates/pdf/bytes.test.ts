import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monthlySummaryPdf } from '../../../templates/monthly-summary/pdf.ts'
import { png } from '../../support/png.ts'
import { readPdf } from './read.ts'
import { dress, monthlySummary, type SampleOptions } from './samples.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const cases: Record<string, SampleOptions> = {
  plain: {},
  long: { lines: 300 },
  everywhere: { name: 'شركة النور 北京 Łódź Ωmega Привет שלום 🚀 안녕', account: '株式会社さくら' },
}

describe('the same figures give the same bytes', () => {
  let folder = ''
  let elsewhere: Record<string, string> = {}
  beforeAll(() => {
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
    folder = mkdtempSync(join(root, 'node_modules/.cache/pdf-'))
    elsewhere = renderInAnotherProcess(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each(Object.keys(cases))('%s: in another process, on another day, in another order', async (name) => {
    const bytes = await monthlySummaryPdf(monthlySummary(cases[name]), dress())
    expect(digest(bytes)).toBe(elsewhere[name])
  })

  test('other figures, another seal or another dress give others', async () => {
    const digests = await Promise.all([
      monthlySummaryPdf(monthlySummary(), dress()),
      monthlySummaryPdf(monthlySummary({ lines: 31 }), dress()),
      monthlySummaryPdf(monthlySummary(), dress({ sha256: '0badcafe'.repeat(8) })),
      monthlySummaryPdf(monthlySummary(), dress({ brandColor: '#cc0000' })),
    ])
    expect(new Set(digests.map(digest)).size).toBe(4)
  })
})

describe('the logo', () => {
  test('stands on every page, transparency kept', async () => {
    const bytes = await monthlySummaryPdf(monthlySummary({ lines: 60 }), dress({ logo: png(40, 20) }))
    const file = Buffer.from(bytes).toString('latin1')
    expect(file).toContain('/SMask')
    expect((await readPdf(bytes)).text).toContain('Acme Software')
  })

  test.each([
    ['no image', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['half an image', png(40, 20).subarray(0, 60)],
    ['an image with broken pixels', png(40, 20, (pixels) => pixels.fill(9))],
  ])('is left out where it is %s', async (_what, logo) => {
    const bytes = await monthlySummaryPdf(monthlySummary(), dress({ logo }))
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('/Image\n')
    expect((await readPdf(bytes)).text).toContain('Acme Software')
  })
})

/** Compiles the templates, renders every case in reverse order under another date's clock and zone. */
function renderInAnotherProcess(folder: string): Record<string, string> {
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, outDir: join(folder, 'out'), rootDir: root, noEmitOnError: false },
    include: [],
    files: ['templates/monthly-summary/pdf.ts', 'test/templates/pdf/samples.ts'].map((file) => join(root, file)),
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder])
  writeFileSync(join(folder, 'cases.json'), JSON.stringify(cases))
  writeFileSync(
    join(folder, 'render.mjs'),
    `import { createHash } from 'node:crypto'
     import { readFileSync } from 'node:fs'
     import { monthlySummaryPdf } from './out/templates/monthly-summary/pdf.js'
     import { dress, monthlySummary } from './out/test/templates/pdf/samples.js'
     Date.now = () => 0
     const digests = {}
     for (const [name, options] of Object.entries(JSON.parse(readFileSync(new URL('cases.json', import.meta.url), 'utf8'))).reverse())
       digests[name] = createHash('sha256').update(await monthlySummaryPdf(monthlySummary(options), dress())).digest('hex')
     console.log(JSON.stringify(digests))`,
  )
  const out = execFileSync(process.execPath, [join(folder, 'render.mjs')], {
    env: { ...process.env, TZ: 'Pacific/Auckland' },
  })
  return JSON.parse(out.toString())
}
