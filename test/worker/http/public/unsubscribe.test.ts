import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unsubscribeToken } from '../../../../worker/delivery/mail/unsubscribe.ts'
import { registerUnsubscribe } from '../../../../worker/http/public/unsubscribe.ts'
import { freshDatabase, type TestDatabase } from '../../../support/database.ts'
import { insertAccount, insertPartner } from '../../../support/factories.ts'
import { NOW, serve } from '../serve.ts'

const SECRET = 'a secret of the installation'
const LONG = '愛'.repeat(170)

let database: TestDatabase
let app: FastifyInstance
beforeAll(async () => {
  database = await freshDatabase()
  const parts = { db: database.db, secret: SECRET, clock: () => NOW }
  app = await serve(database, { register: [(scope) => registerUnsubscribe(scope, parts)] })
  await insertAccount(database.db)
})
afterAll(async () => {
  await app.close()
  await database.close()
})

const linkOf = (partnerId: string) =>
  `/unsubscribe/${unsubscribeToken(SECRET, { accountId: 1, partnerId, report: 'monthly-summary' })}`

async function offOf(partnerId: string): Promise<boolean> {
  const rows = await database.db.selectFrom('preferences').selectAll().where('partner_id', '=', partnerId).execute()
  return rows.length > 0
}

const BODIES = {
  'application/x-www-form-urlencoded': 'List-Unsubscribe=One-Click',
  'multipart/form-data; boundary=b':
    '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n',
  'text/plain': '',
}

test.each(Object.entries(BODIES))('one click as %s unsubscribes', async (type, payload) => {
  const partnerId = type.slice(0, 9)
  await insertPartner(database.db, { partner_id: partnerId })
  const answer = await app.inject({
    method: 'POST',
    url: linkOf(partnerId),
    headers: { 'content-type': type },
    payload,
  })
  expect([answer.statusCode, await offOf(partnerId)]).toEqual([200, true])
})

test('the link of the longest partner id opens; to look at it changes nothing', async () => {
  await insertPartner(database.db, { partner_id: LONG })
  expect((await app.inject(linkOf(LONG))).statusCode).toBe(200)
  expect(await offOf(LONG)).toBe(false)
})
