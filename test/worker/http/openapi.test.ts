import { existsSync, readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { serve } from './serve.ts'

let database: TestDatabase
let app: FastifyInstance
let document: Document

beforeAll(async () => {
  database = await freshDatabase()
  app = await serve(database)
  document = (await app.inject('/docs/json')).json()
})
afterAll(async () => {
  await app.close()
  await database.close()
})

interface Schema {
  type?: string
  enum?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  $ref?: string
  default?: unknown
}
interface Operation {
  operationId: string
  'x-kind': string
  parameters?: { name: string; in: string; required: boolean; schema?: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}
interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

test('every operation says what it takes, what it gives, and how it fails', () => {
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  for (const { operationId, responses } of operations) {
    if (operationId !== 'text-status') expect(Object.keys(responses)).toEqual([expect.stringMatching(/^20\d$/), '4XX'])
  }
})

const CONTRACT = '../shared/contract/openapi.json'
if (existsSync(CONTRACT)) holdAgainst(JSON.parse(readFileSync(CONTRACT, 'utf8')))

/** The contract of the endpoints that Bursar serves: all that read, and five that write. */
function holdAgainst(contract: Document) {
  const WRITES = [
    'text-update-profile',
    'text-update-billing',
    'text-request-withdrawal',
    'text-create-api-token',
    'text-revoke-api-token',
  ]
  const served = Object.entries(contract.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { operationId, 'x-kind': kind }]) => kind === 'read' || WRITES.includes(operationId))
      .map(([method, operation]) => [operation.operationId, path, method, operation] as const),
  )
  const resolved = (schema: Schema | undefined): Schema | undefined =>
    schema?.$ref ? contract.components.schemas[schema.$ref.split('/').at(-1) ?? ''] : schema

  test('is about all of them', () => expect(served).toHaveLength(70))

  describe.each(served)('%s', (id, path, method, wanted) => {
    const find = () => document.paths[id.startsWith('journeybee') ? `/v1${path}` : path]?.[method] as Operation

    test('stands at its path with its parameters', () => {
      expect(find()?.operationId).toBe(id)
      for (const { name, in: where, required, schema = {} } of wanted.parameters ?? []) {
        const found = find().parameters?.find((one) => one.name === name && one.in === where)
        expect([name, found?.required]).toEqual([name, required])
        if (schema.enum) expect([name, found?.schema?.enum?.toSorted()]).toEqual([name, schema.enum.toSorted()])
        if (schema.default && schema.enum) expect([name, found?.schema?.default]).toEqual([name, schema.default])
      }
    })

    test('takes the body and gives the answer', () => {
      const properties = (schema: Schema | undefined) => Object.keys(resolved(schema)?.properties ?? {}).toSorted()
      for (const [type, { schema }] of Object.entries(wanted.requestBody?.content ?? {})) {
        expect(properties(find().requestBody?.content[type]?.schema)).toEqual(properties(schema))
      }
      for (const [status, { content }] of Object.entries(wanted.responses).filter(([code]) => code.startsWith('2'))) {
        for (const [type, { schema }] of Object.entries(content ?? {})) {
          const found = find().responses[status]?.content?.[type]?.schema
          expect(found).toBeDefined()
          expect(properties(found)).toEqual(expect.arrayContaining(properties(schema)))
        }
      }
    })
  })
}
