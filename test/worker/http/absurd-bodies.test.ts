import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, openAdmin } from './admin/open.ts'
import { ADMIN_TOKEN, bearer, tokenFor } from './serve.ts'

let admin: Admin
let partner = ''
beforeAll(async () => {
  admin = await openAdmin()
  partner = await tokenFor(admin.database, 'partner', 1, 'p1')
})
afterAll(() => admin.close())

const ROUTES = [
  ['POST', '/admin/api/runs'],
  ['PUT', '/admin/api/schedules/monthly-summary'],
  ['PUT', '/admin/api/watermarks/commissions'],
  ['POST', '/admin/api/facts/partners'],
  ['PUT', '/v2/partners/billing'],
  ['PUT', '/v2/partners'],
  ['POST', '/v2/partners/tokens'],
] as const

const JSON_TYPE = 'application/json'
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))
const BODIES: readonly (readonly [what: string, type: string, body: string | Buffer])[] = [
  ['depth', JSON_TYPE, deep(30_000)],
  ['depth in a field', JSON_TYPE, `{"report":${deep(20_000)},"company":${deep(9000)}}`],
  ['depth in NDJSON', 'application/x-ndjson', `{"partner_id":${deep(20_000)}}\n`],
  [
    'numbers that are none',
    JSON_TYPE,
    `{"report":1e400,"period":${'9'.repeat(5000)},"type":9e99,"max_age_days":1e308}`,
  ],
  ['length', JSON_TYPE, `{"report":"${'x'.repeat(200_000)}"}`],
  ['length of a field', JSON_TYPE, `{"label":"${'x'.repeat(60_000)}","cron":"${'* '.repeat(1000)}"}`],
  ['a prototype', JSON_TYPE, '{"__proto__":{"label":1}}'],
  ['no UTF-8', JSON_TYPE, bytes('{"label":"', [0xff, 0xc3], '","report":"', [0xfe], '"}')],
  ['no UTF-8 in CSV', 'text/csv', bytes('partner_id,name\n', [0xff, 0x2c, 0xfe, 0x0a])],
  [
    'NUL and half characters',
    JSON_TYPE,
    '{"label":"a\\u0000","report":"\\ud800","company":"\\u0000","cron":"\\ud800"}',
  ],
  ['a quote without end', 'text/csv', `partner_id,name\n"${'x'.repeat(2_000_000)}`],
  ['columns without end', 'text/csv', 'a,'.repeat(100_000)],
  ['half of it', JSON_TYPE, '{"label":'],
  ['nothing', JSON_TYPE, 'null'],
  ['a list', JSON_TYPE, '[]'],
  ['a type that is none', 'application/json; charset="x', 'x'],
  ['another type', 'application/xml', '<a/>'],
  ['a form that is none', 'application/x-www-form-urlencoded', `a${'[a]'.repeat(5000)}=%ff`],
]

describe.each(ROUTES)('%s %s', (method, url) => {
  test('answers every absurd body with what is wrong with it', async () => {
    const token = url.startsWith('/admin') ? ADMIN_TOKEN : partner
    for (const [what, type, body] of BODIES) {
      const headers = { ...bearer(token), 'content-type': type }
      const { statusCode, body: text } = await admin.app.inject({ method, url, payload: body, headers })
      expect([400, 403, 413, 415, 422].includes(statusCode), `${what}: ${statusCode} ${text.slice(0, 200)}`).toBe(true)
      expect(JSON.parse(text), what).toMatchObject({ status: statusCode, detail: expect.any(String) })
      expect(text.length, what).toBeLessThan(200_000)
    }
  })
})
