import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

/** ARCHITECTURE sections 1 and 4, held to the source itself. */
const FOLDERS = ['worker', 'jobs', 'templates', 'db']
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  worker: ['worker', 'jobs', 'templates', 'db'],
  jobs: ['jobs', 'templates', 'db'],
  templates: ['templates', 'db/values'],
  db: ['db'],
}

/** Below everything, for templates too: what knows neither tables nor pages. */
const FLOOR = 'db/values/'

function mayImport(path: string, folder: string, name: string): boolean {
  if (path.startsWith(FLOOR)) return name.startsWith(FLOOR)
  return (MAY_IMPORT[folder] ?? []).some((place) => name.startsWith(`${place}/`))
}

interface Source {
  readonly path: string
  readonly folder: string
  readonly lines: number
  /** Without comments. */
  readonly code: string
  /** Packages by name, our own files by their path from the root. */
  readonly imports: readonly string[]
}

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readSource(join(folder, name))),
)

function readSource(path: string): Source {
  const text = readFileSync(path, 'utf8')
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '')
  const imports = [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map(([, name = '']) =>
    name.startsWith('.') ? normalize(join(dirname(path), name)) : name,
  )
  return { path, folder: path.split('/')[0] ?? '', lines: text.split('\n').length - 1, code, imports }
}

const pathsWhere = (breaks: (source: Source) => boolean) => sources.filter(breaks).map(({ path }) => path)

test('there is something to look at', () => {
  expect(new Set(sources.map(({ folder }) => folder))).toEqual(new Set(FOLDERS))
  expect(sources.flatMap(({ imports }) => imports).length).toBeGreaterThan(sources.length)
})

test('imports go worker → jobs → (db, templates), never back, and name the file with its ending', () => {
  const wrong = sources.flatMap(({ path, folder, imports }) =>
    imports
      .filter((name) => FOLDERS.includes(name.split('/')[0] ?? ''))
      .filter((name) => !mayImport(path, folder, name) || !name.endsWith('.ts'))
      .map((name) => `${path} imports ${name}`),
  )
  expect(wrong).toEqual([])
})

test('imports of files run in no circle, by value or by type', () => {
  const importsOf = new Map(sources.map(({ path, imports }) => [path, imports]))
  const clear = new Set<string>()
  const circleFrom = (path: string, way: readonly string[]): readonly string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path]
    if (clear.has(path)) return undefined
    for (const next of importsOf.get(path) ?? []) {
      const circle = circleFrom(next, [...way, path])
      if (circle) return circle
    }
    clear.add(path)
    return undefined
  }
  expect(sources.map(({ path }) => circleFrom(path, [])).find((circle) => circle)).toBeUndefined()
})

/** The rooms of `worker/` from the top of the house down: each may use what stands below it. */
const STOREYS = [
  ['main.ts', 'cli', 'demo', 'app', 'http', 'metrics', 'pipeline.ts', 'actions', 'schedule', 'runtime'],
  ['delivery', 'run', 'storage', 'queue', 'config', 'flow', 'values'],
].flat()

test('imports inside worker/ go down its storeys', () => {
  const storeyOf = (path: string) => STOREYS.indexOf(path.split('/')[1] ?? '')
  const inWorker = sources.filter(({ folder }) => folder === 'worker')
  expect(inWorker.filter(({ path }) => storeyOf(path) < 0).map(({ path }) => path)).toEqual([])
  const up = inWorker.flatMap(({ path, imports }) =>
    imports
      .filter((name) => name.startsWith('worker/') && storeyOf(name) < storeyOf(path))
      .map((name) => `${path} imports ${name}`),
  )
  expect(up).toEqual([])
})

/** The tree of ARCHITECTURE.md as paths, folders with a slash at their end. */
function drawnTree(): string[] {
  const drawn = /```\n(worker\/[\s\S]*?)```/.exec(readFileSync('ARCHITECTURE.md', 'utf8'))?.[1] ?? ''
  const above: string[] = []
  return [...drawn.matchAll(/^( *)(\S+)/gm)].map(([, indent = '', name = '']) => {
    const depth = indent.length / 2
    above.splice(depth, above.length, name)
    return above.join('')
  })
}

test('the tree drawn in ARCHITECTURE.md is the tree that there is', () => {
  const drawn = drawnTree().filter((path) => path !== 'test/')
  expect(drawn.filter((path) => !existsSync(path))).toEqual([])
  const parents = [...FOLDERS, 'worker/http', 'worker/delivery', 'db/ledger']
  const there = parents.flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || (entry.name.endsWith('.ts') && FOLDERS.includes(parent)))
      .map((entry) => `${parent}/${entry.name}${entry.isDirectory() ? '/' : ''}`),
  )
  expect(there.filter((path) => !drawn.includes(path))).toEqual([])
})

test('only worker/config/config.ts reads the environment', () => {
  expect(pathsWhere(({ code }) => /\bprocess\.env\b|\benv\b.*from 'node:process'/.test(code))).toEqual([
    'worker/config/config.ts',
  ])
})

test('no clock is read in jobs, templates and db: time comes in', () => {
  const clock = /\bDate\.now\(|\bnew Date\(\s*\)|\bTemporal\.Now\b|\bperformance\.now\(|\bhrtime\b/
  expect(pathsWhere(({ folder, code }) => folder !== 'worker' && clock.test(code))).toEqual([])
})

test('no zone but UTC is asked of PostgreSQL, and none of Intl or Temporal: where a date begins, db/values says', () => {
  const asks = /at time zone (?!'UTC')|toZonedDateTime(?!ISO\('UTC'\))|timeZone: (?!'UTC')\w+(?=[,\s]*\}\)\.format)/
  const outside = ({ path }: Source) => !path.startsWith('db/values/') && !path.startsWith('db/migrations/')
  expect(pathsWhere((source) => outside(source) && asks.test(source.code))).toEqual([])
})

test('pdfkit is known to templates/pdf only, the queue to worker', () => {
  expect(pathsWhere(({ path, imports }) => imports.includes('pdfkit') && !path.startsWith('templates/pdf/'))).toEqual(
    [],
  )
  expect(pathsWhere(({ folder, imports }) => imports.includes('bullmq') && folder !== 'worker')).toEqual([])
})

test('files stay small; only lists of tables may grow', () => {
  const lists = /^db\/(schema|migrations\/.*)\.ts$/
  expect(pathsWhere(({ path, lines }) => lines > 250 && !lists.test(path))).toEqual([])
})

test('every version is exact', () => {
  const { dependencies, devDependencies, overrides } = JSON.parse(readFileSync('package.json', 'utf8'))
  const loose = Object.entries({ ...dependencies, ...devDependencies, ...overrides }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
  )
  expect(loose).toEqual([])
})
