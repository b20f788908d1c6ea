import { expect, test } from 'vitest'
import { type AskAll, createBatchLoader } from '../../../worker/flow/batch-loader.ts'

const manners = { isEverybodys: (error: unknown) => (error as Error).message === 'away', patienceMs: 50 }

/** Notes what is put together, and answers with twice the number. */
function doubling(answering: (numbers: readonly number[]) => unknown = () => {}) {
  const put: (readonly number[])[] = []
  const askAll: AskAll<number, number> = async (numbers) => {
    put.push(numbers)
    await answering(numbers)
    return numbers.map((number) => number * 2)
  }
  return { put, ask: createBatchLoader(askAll, manners) }
}

test('what is asked at once is put as one, each with its own answer; what comes meanwhile goes together next', async () => {
  const meanwhile: Promise<number>[] = []
  const { put, ask } = doubling(([first]) => {
    if (first === 1) meanwhile.push(ask(3), ask(4), ask(5))
  })
  expect(await Promise.all([ask(1), ask(2)])).toEqual([2, 4])
  expect(await Promise.all(meanwhile)).toEqual([6, 8, 10])
  expect(put).toEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

test('no more than a hundred at once', async () => {
  const { put, ask } = doubling()
  await Promise.all(Array.from({ length: 230 }, (_, n) => ask(n)))
  expect(put.map(({ length }) => length)).toEqual([100, 100, 30])
})

test('what one asks wrongly is nobody else’s trouble', async () => {
  const { put, ask } = doubling((numbers) => numbers.includes(2) && Promise.reject(new Error('2 is wrong')))
  const answers = await Promise.allSettled([ask(1), ask(2), ask(3)])
  expect(answers).toMatchObject([{ value: 2 }, { reason: { message: '2 is wrong' } }, { value: 6 }])
  expect(put).toEqual([[1, 2, 3], [1], [2], [3]])
})

test('what nobody can be answered is not put one by one, and the next are asked again', async () => {
  let away = true
  const { put, ask } = doubling(() => away && Promise.reject(new Error('away')))
  expect(await Promise.allSettled([ask(1), ask(2)])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
  away = false
  expect(await ask(3)).toBe(6)
  expect(put).toEqual([[1, 2], [3]])
})

test('what gets no answer is given up, and the next are asked', async () => {
  let dead = true
  const { ask } = doubling(() => dead && new Promise(() => {}))
  await expect(ask(1)).rejects.toMatchObject({ code: 'ETIMEDOUT' })
  dead = false
  expect(await ask(3)).toBe(6)
})
