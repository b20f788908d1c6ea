import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/**
 * A redraw on another machine must give the hash that stands on the ledger: what is shown may change with a version of ours,
 * never with a runtime. Where this fails on a new Node, templates/format-intl.ts puts its wording into the form there was.
 */
test('dates, times, money and numbers read in every language as they always did', () => {
  const script = new URL('../vectors/words.mjs', import.meta.url).pathname
  const shown = JSON.parse(execFileSync(process.execPath, [script], { encoding: 'utf8' }))
  expect(shown).toEqual(JSON.parse(readFileSync(new URL('pinned.json', import.meta.url), 'utf8')))
})
