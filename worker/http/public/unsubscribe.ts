import type { FastifyInstance } from 'fastify'
import { unsubscribe } from '../../../db/access/preferences.ts'
import type { Database } from '../../../db/connection/client.ts'
import { findReport } from '../../../jobs/index.ts'
import { readUnsubscribeToken, type Subscription } from '../../delivery/mail/unsubscribe.ts'
import { notFound } from '../shared/problem.ts'

interface UnsubscribeParts {
  readonly db: Database
  readonly secret: string
  readonly clock: () => Date
}

/** `/unsubscribe/:token` (RFC 8058): GET shows a page with a button, for mail scanners follow links; only POST acts. */
export function registerUnsubscribe(app: FastifyInstance, { db, secret, clock }: UnsubscribeParts): void {
  const read = (token: string): { subscription: Subscription; title: string } => {
    const subscription = readUnsubscribeToken(secret, token)
    const report = subscription && findReport(subscription.report)
    if (!subscription || !report) throw notFound('subscription: the link is not one of ours')
    return { subscription, title: report.title }
  }
  // What a mailbox provider posts may be a form of either kind (RFC 8058 3.2); the link alone says what is asked.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null))
  const options = { schema: { hide: true } } as const
  app.get<{ Params: { token: string } }>('/unsubscribe/:token', options, async (request, reply) => {
    const { title } = read(request.params.token)
    return reply
      .type('text/html; charset=utf-8')
      .send(
        page(
          title,
          `<p>You will get no more mails of this report.</p><form method="post"><button type="submit">Unsubscribe</button></form>`,
        ),
      )
  })
  app.post<{ Params: { token: string } }>('/unsubscribe/:token', options, async (request, reply) => {
    const { subscription, title } = read(request.params.token)
    const known = await unsubscribe(db, { ...subscription, source: 'unsubscribe link', now: clock() })
    if (!known) throw notFound('subscription')
    return reply
      .type('text/html; charset=utf-8')
      .send(page(title, '<p>You are unsubscribed. Nothing else has changed.</p>'))
  })
}

/** `title` is ours; nothing of a fact or of the request stands on this page. */
const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Unsubscribe: ${title}</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:12vh auto;padding:0 1rem}
button{font:inherit;padding:.6rem 1.2rem;border-radius:.4rem;border:1px solid currentcolor;cursor:pointer}</style></head>
<body><main><h1>${title}</h1>${body}</main></body>
</html>
`
