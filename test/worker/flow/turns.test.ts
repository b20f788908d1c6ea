import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedTurns } from '../../../worker/flow/turns.ts'

describe('turns that are shared', () => {
  test('whoever holds its share waits, and those behind it pass', async () => {
    const turns = sharedTurns(3, 2)
    const begun: string[] = []
    const take = (whose: string, name: string) =>
      turns.take(whose).then((end) => {
        begun.push(name)
        return end
      })
    const first = await take('a', 'a1')
    const second = await take('a', 'a2')
    const third = take('a', 'a3')
    const other = await take('b', 'b1')
    const fourth = take('c', 'c1') // none is free
    expect(begun).toEqual(['a1', 'a2', 'b1'])
    other()
    await fourth
    first()
    await third
    second()
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3'])
  })

  test('nobody ever holds more, all get their turn, and none is lost', async () => {
    const takes = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(
        takes,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        async (all, most, each) => {
          const turns = sharedTurns(most, each)
          const held: string[] = []
          const one = async (whose: string) => {
            const end = await turns.take(whose)
            held.push(whose)
            expect(held.length).toBeLessThanOrEqual(most)
            expect(held.filter((holder) => holder === whose).length).toBeLessThanOrEqual(each)
            await Promise.resolve()
            held.splice(held.indexOf(whose), 1)
            end()
          }
          await Promise.all(all.map(one))
          expect(held).toEqual([])
        },
      ),
    )
  })
})
