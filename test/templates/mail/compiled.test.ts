import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compiledLayout, compileLayout, writeCompiled } from '../../../templates/mail/compiled.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bursar-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('what the build left is what is read, as long as it is of this layout', async () => {
  const file = join(folder, 'layout.json')
  await writeCompiled(file)
  const left = JSON.parse(await readFile(file, 'utf8'))
  expect(left.html).toBe(await compileLayout())

  await writeFile(file, JSON.stringify({ ...left, html: 'as it was left' }))
  expect(await compiledLayout(file)).toBe('as it was left')
  await writeFile(file, JSON.stringify({ of: 'an older layout', html: 'as it was left' }))
  expect(await compiledLayout(file)).toBe(left.html)
})

test('where nothing was left it is compiled', async () => {
  expect(await compiledLayout(join(folder, 'none.json'))).toBe(await compileLayout())
})
