import { expect, test } from 'vitest'
import { chunksOf } from '../../jobs/chunks.ts'

test.each([
  [[], []],
  [[1, 1, 1], [[1, 1, 1]]],
  [
    [2, 2, 2],
    [[2], [2], [2]],
  ],
  [
    [1, 2, 9, 1, 2],
    [[1, 2], [9], [1, 2]],
  ],
])('%j at most 3 together', (weights, chunks) => {
  expect([...chunksOf(weights, 3, (weight) => weight)]).toEqual(chunks)
})
