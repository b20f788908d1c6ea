import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from '../../../../worker/http/data/index.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { bearer, serve, tokenFor } from '../serve.ts'
import { isRead, pathOf, queryOf } from './calls.ts'
import { insertProgram, subjectOf } from './program.ts'

let database: TestDatabase
let app: FastifyInstance
const mine = subjectOf(1, 1)
let tokens: Record<'partner' | 'account', string>

beforeAll(async () => {
  database = await freshDatabase()
  await insertProgram(database.db, [mine])
  app = await serve(database)
  tokens = {
    partner: await tokenFor(database, 'partner', 1, mine.partnerId),
    account: await tokenFor(database, 'account', 1),
  }
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const NAUGHTY = [
  'a\0b',
  "' or 1=1 --",
  '../../etc/passwd',
  '%00',
  '\u202e田𠜎',
  '\ud800',
  'null',
  '1e999',
  '-1',
  '９',
  'x'.repeat(3000),
  '[[]]',
  '2026-02-30',
  '2026-03-01T24:00:00Z',
  '2026-03-01T00:00:00+02:00',
]

type Query = Record<string, string | readonly string[]>
const call = (endpoint: (typeof endpoints)[number], query: Query, path = pathOf(endpoint, mine)) =>
  app.inject({
    method: endpoint.method ?? 'GET',
    url: path,
    query: query as never,
    headers: bearer(tokens[endpoint.of]),
  })

const reads = endpoints.filter(isRead)
describe.each(reads.map((endpoint) => [endpoint.id, endpoint] as const))('%s', (_, endpoint) => {
  const query = queryOf(endpoint, mine)
  const names = Object.keys(endpoint.query?.shape ?? {})
  const refused = async (name: string, change: Query) => {
    const answer = await call(endpoint, change)
    expect([name, answer.statusCode]).toEqual([name, 400])
    const { errors } = answer.json()
    expect(errors.map((error: { name: string }) => error.name)).toContain(name)
    for (const error of errors)
      expect(error).toEqual({ in: 'query', name: expect.any(String), message: expect.stringContaining('expected') })
  }

  test('refuses a parameter that is empty or repeated, and names it', async () => {
    for (const name of names) {
      await refused(name, { ...query, [name]: '' })
      if (!name.endsWith('_uuids')) await refused(name, { ...query, [name]: ['x', 'x'] })
    }
  })

  test('refuses a range that ends before it starts', async () => {
    for (const [from = '', to = ''] of [
      ['date_from', 'date_to'],
      ['start_date', 'end_date'],
      ['startDate', 'endDate'],
      ['since', 'until'],
    ]) {
      if (names.includes(from)) await refused(from, { ...query, [from]: '2026-03-02', [to]: '2026-03-01' })
    }
  })

  test('answers no naughty value with an error of its own', async () => {
    for (const name of [...names, 'partner_id']) {
      for (const value of NAUGHTY) {
        const { statusCode, headers } = await call(endpoint, { ...query, [name]: value })
        expect([name, value, statusCode]).toEqual([
          name,
          value,
          expect.toSatisfy((code: number) => code === 200 || code === 400 || code === 404),
        ])
        if (statusCode !== 200) expect(headers['content-type']).toMatch(/^application\/problem\+json/)
      }
    }
  })

  if (endpoint.path.includes('{')) {
    test('takes no naughty path', async () => {
      for (const value of NAUGHTY.filter((one) => one !== '\ud800')) {
        const path = endpoint.path.replaceAll(/\{\w+\}/g, encodeURIComponent(value))
        const { statusCode } = await call(endpoint, query, path)
        expect([value, statusCode]).toEqual([value, expect.toSatisfy((code: number) => code === 400 || code === 404)])
      }
    })
  }
})

const find = (id: string) => reads.find((endpoint) => endpoint.id === id) as (typeof reads)[number]
const statusOf = async (id: string, query: Query) =>
  (await call(find(id), { ...queryOf(find(id), mine), ...query })).statusCode

test('a required parameter that is missing is named', async () => {
  const answer = await call(find('text-get-trials-report'), {})
  expect(answer.json().errors).toEqual([
    { in: 'query', name: 'date_from', message: expect.stringMatching(/^is required: expected a date/) },
    { in: 'query', name: 'date_to', message: expect.stringMatching(/^is required/) },
    { in: 'query', name: 'aggregation', message: 'is required: expected one of day, week, month' },
  ])
})

test.each(['trials', 'earnings', 'conversions', 'clicks'])(
  'the %s report takes twelve months and no second more',
  async (name) => {
    const id = `text-get-${name}-report`
    expect(await statusOf(id, { date_from: '2025-02-15T00:00:00Z', date_to: '2026-02-14T23:59:59Z' })).toBe(200)
    expect(await statusOf(id, { date_from: '2025-02-15', date_to: '2026-02-14' })).toBe(200)
    expect(await statusOf(id, { date_from: '2025-02-15T00:00:00Z', date_to: '2026-02-15T00:00:00Z' })).toBe(400)
    expect(await statusOf(id, { date_from: '2025-01-01', date_to: '2026-02-01' })).toBe(400)
  },
)

test('buckets beyond reason are refused instead of made', async () => {
  const ages = { date_from: '1900-01-01', date_to: '2900-01-01' }
  expect(await statusOf('text-get-commission-report', { ...ages, aggregation: 'day' })).toBe(400)
  expect(await statusOf('journeybee-leads-timeline', { start_date: '1900-01-01', end_date: '2900-01-01' })).toBe(400)
  expect(
    await statusOf('voxys-pipeline-analytics', { since: '1900-01-01', until: '2900-01-01', group_by: 'day' }),
  ).toBe(400)
})

test('one date of Journeybee without the other is refused', async () => {
  const leaderboard = find('journeybee-partner-leaderboard')
  for (const [given, missing] of [
    ['start_date', 'end_date'],
    ['end_date', 'start_date'],
  ] as const) {
    const answer = await call(leaderboard, { [given]: '2026-01-01' })
    expect(answer.json().errors).toMatchObject([{ name: missing }])
  }
})

test.each([
  ['no JSON', 'x'],
  ['no array', '{}'],
  ['no object', '[1]'],
  ['null', '[null]'],
  ['an unknown field', '[{"field":"name","operator":"equals","value":"x"}]'],
  ['a field of the prototype', '[{"field":"constructor","operator":"equals","value":"x"}]'],
  ['an unknown operator', '[{"field":"product","operator":"like","value":"x"}]'],
  ['an operator that is no text', '[{"field":"product","operator":["equals"],"value":"x"}]'],
  ['no value', '[{"field":"product","operator":"equals"}]'],
  ['a value that is no text', '[{"field":"product","operator":"equals","value":1}]'],
  ['a NUL', '[{"field":"product","operator":"equals","value":"\\u0000"}]'],
  ['more than it should', '[{"field":"product","operator":"equals","value":"x","or":1}]'],
])('filters with %s are refused', async (_, filters) => {
  expect(await statusOf('text-get-commission-report', { filters })).toBe(400)
})

test('filters of the CSV are refused where their value makes no sense', async () => {
  const filter = (field: string, operator: string, value: string) => ({
    filters: JSON.stringify([{ field, operator, value }]),
  })
  expect(await statusOf('text-get-solution-licenses-csv-report', filter('credit_card', 'exists', 'maybe'))).toBe(400)
  expect(await statusOf('text-get-solution-licenses-csv-report', filter('credit_card', 'equals', 'yes'))).toBe(400)
  expect(
    await statusOf('text-get-solution-licenses-csv-report', filter('license_created_at', 'greater_or_equal', 'then')),
  ).toBe(400)
  expect(
    await statusOf(
      'text-get-solution-licenses-csv-report',
      filter('license_created_at', 'greater_or_equal', '2026-01-01 00:00:00'),
    ),
  ).toBe(200)
})

test('a cursor that is not ours is refused', async () => {
  const id = 'text-get-licenses-by-status'
  const encode = (text: string) => Buffer.from(text).toString('base64')
  const wrong = [
    'x',
    encode('2022-08-30 13:06:36'),
    encode('2022-13-30 13:06:36.000000 id'),
    encode('2022-08-30 13:06:36.000000 a\0b'),
  ]
  for (const next_cursor of wrong)
    expect([next_cursor, await statusOf(id, { next_cursor })]).toEqual([next_cursor, 400])
  expect(await statusOf(id, { next_cursor: encode('2022-08-30 13:06:36.000000 id') })).toBe(200)
})
