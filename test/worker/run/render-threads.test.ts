import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reports } from '../../../jobs/index.ts'
import { type Drawing, inlineRenderer } from '../../../worker/run/renderer.ts'
import { dress, monthlySummary } from '../../templates/pdf/samples.ts'

/** Threads start from compiled files only, so a program of its own asks them and says what came of it. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
let folder = ''
let told: { warmed: string; digests: string[]; broken: string; died: string; behind: string; closed: string }

const drawings: Drawing[] = [1, 2, 3].map((number) => ({
  report: 'monthly-summary',
  sealed: JSON.stringify(monthlySummary({ lines: 10 * number })),
  dress: dress(),
  name: `p-${number}`,
}))

beforeAll(() => {
  mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
  folder = mkdtempSync(join(root, 'node_modules/.cache/threads-'))
  compile()
  writeFileSync(join(folder, 'drawings.json'), JSON.stringify(drawings))
  writeFileSync(join(folder, 'ask.mjs'), ASK)
  told = JSON.parse(execFileSync(process.execPath, [join(folder, 'ask.mjs')]).toString())
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('threads draw the bytes that this process would have drawn', async () => {
  const inline = inlineRenderer(new Map(reports.map((report) => [report.name, report])))
  const files = (await Promise.all(drawings.map(inline.draw))).flat()
  expect(told.digests).toEqual(files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex')))
})

test('threads that were told to warm up draw, and keep no program from ending', () => {
  expect(told.warmed).toBe('drawn')
})

test('what cannot be drawn fails alone, saying why', () => {
  expect(told.broken).toContain('report nonsense')
})

test('what was being drawn when a thread died fails, what waited behind it is drawn by another', () => {
  expect(told).toMatchObject({ died: 'the thread that drew it died', behind: 'drawn' })
})

test('a logo is scaled in a thread, or refused with the reason', () => {
  expect(told).toMatchObject({ logo: 3, noLogo: 'Error: expected PNG or JPEG bytes' })
})

test('nothing fails for good because the process ends', () => {
  expect(told.closed).toBe('RendererClosed')
})

function compile(): void {
  const outDir = join(folder, 'out')
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { noEmit: false, outDir, rootDir: root, noEmitOnError: false, declaration: false },
    include: [],
    files: [
      join(root, 'worker/run/render-threads.ts'),
      join(root, 'worker/run/render-thread.ts'),
      join(root, 'worker/run/logo-thread.ts'),
    ],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder])
  } catch (error) {
    if (!existsSync(join(outDir, 'worker/run/render-thread.js'))) throw error
  }
}

const ASK = `
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { scaleInThread } from './out/worker/run/logo-thread.js'
import { openRenderThreads } from './out/worker/run/render-threads.js'

const drawings = JSON.parse(readFileSync(new URL('drawings.json', import.meta.url), 'utf8'))
const [first] = drawings
const why = (drawn) => drawn.then(() => 'drawn', (error) => error.message)
const files = async (threads) => (await Promise.all(drawings.map(threads.draw))).flat()
const started = []
const start = Worker.prototype.postMessage
Worker.prototype.postMessage = function (...args) {
  if (!started.includes(this)) started.push(this)
  return start.apply(this, args)
}

openRenderThreads({ error: () => {} }, 1).warmUp() // never closed: it keeps no program from ending
const warm = openRenderThreads({ error: () => {} }, 1)
warm.warmUp()
const warmed = await why(warm.draw(first))
await warm.close()
const threads = openRenderThreads({ error: () => {} }, 1)
const digests = (await files(threads)).map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'))
const broken = await why(threads.draw({ ...first, report: 'nonsense' }))
const both = [why(threads.draw(first)), why(threads.draw(first))]
await started.at(-1).terminate()
const [died, behind] = await Promise.all(both)
const late = threads.draw(first).then(() => 'drawn', (error) => error.constructor.name)
await threads.close()
const logo = (await scaleInThread(Uint8Array.of(0xff, 0xd8, 0xff))).length
const noLogo = await scaleInThread(Uint8Array.of(1, 2, 3)).catch(String)
console.log(JSON.stringify({ warmed, digests, broken, died, behind, closed: await late, logo, noLogo }))
`
