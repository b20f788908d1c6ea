import { join } from 'node:path'
import { Eta } from 'eta'
import type { FastifyReply } from 'fastify'
import type { Account } from '../../../db/access/accounts.ts'
import { packageRoot } from '../../values/version.ts'
import { sessionOf } from '../access/session.ts'
import { noticeOf } from './notices.ts'
import { type Show, showFor } from './show.ts'

/** Where views and assets lie, from the sources and from dist alike. */
export const PAGE_FOLDER = join(packageRoot, 'worker/http/page')

/** What a view is told beside its own data. */
export interface PageData {
  readonly title: string
  /** Entry of the navigation that is shown as the present one. */
  readonly nav?: string
  readonly [key: string]: unknown
}

export interface Pages {
  /** Answers with a whole page. Everything in it is escaped by the view. */
  readonly send: (reply: FastifyReply, view: string, data: PageData, status?: number) => FastifyReply
}

/** The views, read once; `assets` are the addresses of style sheet and script with the hash of their content. */
export function createPages(assets: Readonly<Record<string, string>>, clock: () => Date): Pages {
  const eta = new Eta({ views: join(PAGE_FOLDER, 'views'), cache: true })
  return {
    send: (reply, view, data, status = 200) => {
      const { request } = reply
      const session = sessionOf(request)
      const html = eta.render(`./${view}`, {
        ...data,
        show: showFor((data.accounts as readonly Account[] | undefined) ?? [], clock()) satisfies Show,
        assets,
        who: session?.key.label,
        csrf: session?.csrf,
        notice: session && noticeOf(request.query),
      })
      return reply.code(status).header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html)
    },
  }
}
