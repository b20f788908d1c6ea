import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const sources = ['worker', 'jobs', 'templates', 'db', 'test']
  .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((path) => /\.(ts|mjs)$/.test(path) && !path.endsWith('references.test.ts'))
  .map((path) => ({ path, text: readFileSync(path, 'utf8').replaceAll(/\n\s*\* /g, ' ') }))

const headings = new Map(
  readdirSync('docs').map((name) => [
    name,
    [...readFileSync(join('docs', name), 'utf8').matchAll(/^##+ (.+)$/gm)].map(([, heading = '']) => heading),
  ]),
)

/** `docs/definitions.md, Balance`: a page, and what begins with a heading of it. */
const REFERENCE = /docs\/([\w-]+\.md)(?:, ([A-Z][^\n]{0,60}))?/g

test('what a comment names of docs/ is there', () => {
  const wrong = sources.flatMap(({ path, text }) =>
    [...text.matchAll(REFERENCE)]
      .filter(([, page = '', words]) => {
        const known = headings.get(page)
        return !known || (words !== undefined && !known.some((heading) => words.startsWith(heading)))
      })
      .map(([reference]) => `${path}: ${reference}`),
  )
  expect(wrong).toEqual([])
})

test('no comment names a document that is not in the project', () => {
  expect(sources.filter(({ text }) => /\bSPEC(-2)?\b/.test(text)).map(({ path }) => path)).toEqual([])
})

test('links of the documents lead somewhere', () => {
  const pages = [
    'README.md',
    'ARCHITECTURE.md',
    'CONTRIBUTING.md',
    ...readdirSync('docs').map((name) => `docs/${name}`),
  ]
  const links = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, to = '']) => ({ page, to })),
  )
  const lost = links.filter(({ page, to }) => !existsSync(join(page, '..', to)))
  expect(lost).toEqual([])
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(150)
})
