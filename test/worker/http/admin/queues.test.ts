import { afterAll, beforeAll, expect, test } from 'vitest'
import { REDIS_PREFIX } from '../../../../worker/queue/backend.ts'
import { redisConnection } from '../../../../worker/queue/redis.ts'
import { openRedis } from '../../../support/redis.ts'
import { ADMIN_TOKEN } from '../serve.ts'
import { type Admin, call, openAdmin } from './open.ts'

let admin: Admin
beforeAll(async () => {
  admin = await openAdmin()
})
afterAll(() => admin.close())

test('the queue page shows the queues, with nothing from another host', async () => {
  for (const path of ['/admin/queues', '/admin/queues/queue/bursar-runs']) {
    const page = await call(admin, 'GET', path)
    expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.text).toContain('<base href="/admin/queues/"')
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//)
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'.*font-src 'self'/)
    const [, script] = /src="(static\/js\/[^"]+)"/.exec(page.text) ?? []
    expect((await call(admin, 'GET', `/admin/queues/${script}`)).status).toBe(200)
  }
  const { queues } = (await call(admin, 'GET', '/admin/queues/api/queues')).json
  expect(queues.map((queue: { name: string }) => queue.name)).toEqual([
    'bursar-runs',
    'bursar-render',
    'bursar-deliver',
  ])
})

test('what is done there stands in the audit log', async () => {
  expect((await call(admin, 'PUT', '/admin/queues/api/queues/bursar-runs/pause')).status).toBe(200)
  expect((await call(admin, 'GET', '/admin/queues/api/queues')).json.queues[0].isPaused).toBe(true)
  await call(admin, 'PUT', '/admin/queues/api/queues/bursar-runs/resume')
  expect((await call(admin, 'GET', '/admin/api/audit')).json.items).toMatchObject([
    { actor: 'ADMIN_TOKEN', action: 'queue.put', target: '/api/queues/bursar-runs/resume' },
    { actor: 'ADMIN_TOKEN', action: 'queue.put', target: '/api/queues/bursar-runs/pause' },
  ])
})

test('the same over Redis', async () => {
  const redis = await openRedis()
  if (!redis) return // said aloud by openRedis
  const connect = () => redisConnection(redis.url)
  const onRedis = await openAdmin({ store: { kind: 'redis', connect, prefix: REDIS_PREFIX } })
  const { status, json } = await call(onRedis, 'GET', '/admin/queues/api/queues')
  expect([status, json.queues.map((queue: { name: string }) => queue.name)]).toEqual([
    200,
    ['bursar-runs', 'bursar-render', 'bursar-deliver'],
  ])
  expect((await call(onRedis, 'GET', '/admin/queues/api/redis/stats')).status).toBe(200)
  await onRedis.close()
  await redis.close()
})

test('a browser without a login is sent to it; a script is told', async () => {
  const browser = await call(admin, 'GET', '/admin/queues', { token: null, headers: { accept: 'text/html,*/*' } })
  expect([browser.status, browser.headers.get('location')]).toEqual([303, '/admin/login?next=%2Fadmin%2Fqueues'])
  expect((await call(admin, 'GET', '/admin/queues/api/queues', { token: null })).status).toBe(401)
  expect(
    (await call(admin, 'GET', '/admin/queues', { headers: { authorization: `Api-Key ${ADMIN_TOKEN}` } })).status,
  ).toBe(200)
})
