import { expect, it } from 'vitest'
import type { Reader, Standing, StatementRef } from '../../../db/ledger/statements/standings.ts'
import { decide } from '../../../worker/run/decision.ts'

/** `s1` has the figures `a`; which of them are those of now is asked of each case. */
const ref = (revision: number, figuresSha256: string): StatementRef => ({
  id: `s${revision}`,
  revision,
  sha256: '',
  figuresSha256,
  replaces: null,
})
const reader = (address: string, told?: StatementRef, sure = true): Reader => ({ address, told, sure })
const standing = (kind: string, current: StatementRef, ...readers: Reader[]): Standing => ({
  kind,
  id: 'x',
  name: 'X',
  isGone: false,
  current,
  readers,
})

const decided = (now: string, of: Standing | undefined, addresses: string[], words = true) => {
  const decision = decide({
    standing: of,
    addresses,
    isSame: ({ figuresSha256 }) => figuresSha256 === now,
    holds: () => words,
  })
  const what = decision.keep ? `keep ${decision.keep.id}` : `seal over ${decision.revises?.id ?? 'nothing'}`
  return [what, ...decision.due].join(', ')
}

const [s1, s2] = [ref(1, 'a'), ref(2, 'b')]
const partner = (current: StatementRef, ...readers: Reader[]) => standing('partner', current, ...readers)
const account = (current: StatementRef, ...readers: Reader[]) => standing('account', current, ...readers)

it.each([
  ['nothing yet', 'a', undefined, ['p'], 'seal over nothing, p'],
  ['told the same', 'a', partner(s1, reader('p', s1)), ['p'], 'keep s1'],
  ['told the same at another address', 'a', partner(s1, reader('old', s1)), ['p'], 'keep s1'],
  ['told other figures', 'b', partner(s1, reader('p', s1)), ['p'], 'seal over s1, p'],
  ['told s1, s2 sealed without mail', 'b', partner(s2, reader('p', s1)), ['p'], 'keep s2, p'],
  ['the same, in a run without mail', 'b', partner(s2, reader('p', s1)), [], 'keep s2'],
  ['the facts are back at s1', 'a', partner(s2, reader('p', s1)), ['p'], 'keep s1'],
  ['never told, s1 sealed', 'a', partner(s1), ['p'], 'keep s1, p'],
  ['never told, other figures', 'b', partner(s1), ['p'], 'seal over nothing, p'],
  ['never told, other figures, without mail', 'b', partner(s1), [], 'seal over s1'],
  ['tried and not told', 'a', partner(s1, reader('p')), ['p'], 'keep s1, p'],
  ['perhaps told', 'a', partner(s1, reader('p', s1, false)), ['p'], 'keep s1, p'],
  ['perhaps told other figures', 'b', partner(s1, reader('p', s1, false)), ['p'], 'seal over s1, p'],
  ['one of two was not reached', 'a', account(s1, reader('p', s1), reader('q')), ['p', 'q'], 'keep s1, q'],
  ['one of two has the one before', 'b', account(s2, reader('P', s2), reader('q', s1)), ['p', 'q'], 'keep s2, q'],
  ['an address more on the schedule', 'a', account(s1, reader('p', s1)), ['p', 'new'], 'keep s1'],
])('%s', (_, now, of, addresses, expected) => {
  expect(decided(now, of, addresses)).toBe(expected)
})

it('seals anew what would be mailed in words that are not right any more, and only that', () => {
  expect(decided('b', partner(s2, reader('p', s1)), ['p'], false)).toBe('seal over s1, p')
  expect(decided('b', partner(s2, reader('p', s1)), [], false)).toBe('keep s2')
  expect(decided('a', partner(s1, reader('p', s1)), ['p'], false)).toBe('keep s1')
})
