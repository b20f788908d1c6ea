import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAudit } from '../../../../db/access/audit.ts'
import { tokenFor } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
let routes: { method: string; path: string }[]
beforeAll(async () => {
  admin = await openAdmin()
  routes = routesOf(admin.app)
})
afterAll(() => admin.close())

/** Every admin route there is, with something in the place of its parameters. */
function routesOf(app: FastifyInstance) {
  const { paths } = (
    app as unknown as { swagger: () => { paths: Record<string, Record<string, { tags?: string[] }>> } }
  ).swagger()
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { tags }]) => tags?.includes('admin'))
      .map(([method]) => ({ method: method.toUpperCase(), path: path.replaceAll(/\{\w+\}/g, 'x') })),
  )
  const board = ['', '/', '/api/queues', '/static/favicon.ico', '/queue/bursar-runs'].map((path) => ({
    method: 'GET',
    path: `/admin/queues${path}`,
  }))
  return [...documented, ...board, { method: 'PUT', path: '/admin/queues/api/queues/pause' }]
}

test('without an admin key nothing opens, whatever the call, and nothing changes', async () => {
  expect(routes.length).toBeGreaterThan(25)
  const account = await tokenFor(admin.database, 'account', 1)
  const partner = await tokenFor(admin.database, 'partner', 1, 'p1')
  const keys: [string | null, number][] = [
    [null, 401],
    ['wrong', 401],
    [account, 403],
    [partner, 403],
  ]
  for (const { method, path } of routes) {
    for (const [token, status] of keys) {
      if (path === '/metrics' && token === null) continue
      const answer = await call(admin, method, path, { token })
      expect([answer.status, answer.type, answer.json.status], `${method} ${path} ${token}`).toEqual([
        status,
        'application/problem+json; charset=utf-8',
        status,
      ])
    }
  }
  expect(await listAudit(admin.db, { limit: 10 })).toEqual([])
})

test('every admin call of the specification is documented', async () => {
  const { json } = await call(admin, 'GET', '/docs/json', { token: null })
  const calls = Object.entries(json.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(calls).toEqual(
    expect.arrayContaining([
      'GET /admin/api/reports',
      'POST /admin/api/runs',
      'GET /admin/api/runs',
      'GET /admin/api/runs/{id}',
      'POST /admin/api/runs/{id}/cancel',
      'POST /admin/api/runs/{id}/retry',
      'GET /admin/api/runs/{id}/events',
      'GET /admin/api/runs/{id}/statements',
      'GET /admin/api/statements/{id}',
      'GET /admin/api/statements/{id}/files/{name}',
      'GET /admin/api/statements/{id}/mail',
      'GET /admin/api/deliveries',
      'POST /admin/api/deliveries/{id}/resend',
      'GET /admin/api/schedules',
      'PUT /admin/api/schedules/{report}',
      'GET /admin/api/calendar',
      'GET /admin/api/watermarks/{table}',
      'PUT /admin/api/watermarks/{table}',
      'GET /admin/api/suppressions',
      'GET /admin/api/suppressions/{address}',
      'DELETE /admin/api/suppressions',
      'DELETE /admin/api/suppressions/{address}',
      'POST /admin/api/facts/{table}',
      'GET /admin/api/audit',
      'GET /metrics',
    ]),
  )
})

test('no strange word in any place brings the server down', async () => {
  const words = [
    "' or 1=1 --",
    '<script>alert(1)</script>',
    '../../etc/passwd',
    '%00',
    '%ff',
    '🙂',
    '\u202e',
    'a'.repeat(600),
    '-1',
    '1e999',
    'null',
  ]
  for (const { method, path } of routes.filter((route) => route.path.startsWith('/admin/api'))) {
    for (const word of words) {
      const inPath = path.replaceAll(/\bx\b/g, word.startsWith('%') ? word : encodeURIComponent(word))
      const query = `?limit=${encodeURIComponent(word)}&cursor=${word}&account_id=${encodeURIComponent(word)}&q=${encodeURIComponent(word)}`
      for (const target of new Set([inPath, encodeURI(path) + (word.startsWith('%') ? query : encodeURI(query))])) {
        const body =
          method === 'GET' || method === 'DELETE'
            ? {}
            : { body: { report: word, period: word, to: word, cron: word, complete_through: word } }
        const { status, text } = await call(admin, method, target, body)
        expect(status, `${method} ${target}`).toBeLessThan(500)
        expect(text).not.toMatch(/syntax error|at .*\.ts:/)
      }
    }
  }
})
