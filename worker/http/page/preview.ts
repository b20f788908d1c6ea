import type { FastifyInstance, FastifyRequest } from 'fastify'
import { listAccounts } from '../../../db/access/accounts.ts'
import { previewStatement } from '../../actions/preview.ts'
import { notFound } from '../shared/problem.ts'
import { askedOf, inputOf } from './asked.ts'
import { sendDocument, sendMailPage } from './document.ts'
import { sectionsOf } from './figures.ts'
import { fieldOf, linkTo, optionOf } from './form.ts'
import { sessionOrThrow } from './guard.ts'
import type { PageContext } from './parts.ts'

/** `/admin/preview`: one statement as it would be, its files and its mail; nothing of it is kept. */
export function registerPreview(app: FastifyInstance, parts: PageContext): void {
  const { connections, pages, runtime } = parts
  const preview = async (request: FastifyRequest) => {
    const input = await inputOf(connections.client.db, askedOf(request.query), sessionOrThrow(request).key.label)
    const subject = optionOf(request.query, 'subject')
    // One partner's figures are asked for alone: of thousands the page would wait for all.
    const alone = subject?.startsWith('partner:') && { partners: [subject.slice('partner:'.length)] }
    return previewStatement(runtime.context, { ...input, ...alone }, subject)
  }
  app.get('/admin/preview', async (request, reply) => {
    const asked = askedOf(request.query)
    const { sealed, files, mail } = await preview(request)
    const subject = optionOf(request.query, 'subject')
    const link = (kind: string, name?: string) => linkTo(`/admin/preview/${kind}`, { ...asked, subject, name })
    const pdf = files.find(({ type }) => type === 'application/pdf')
    return pages.send(reply, 'preview', {
      title: 'Preview',
      nav: 'runs',
      accounts: await listAccounts(connections.client.db),
      sealed,
      sections: sectionsOf(sealed),
      subject: mail.subject,
      pdf: pdf && link('file', pdf.name),
      files: files.map(({ name, bytes, rows }) => ({ name, size: bytes.byteLength, rows, link: link('file', name) })),
      mail: link('mail'),
      back: linkTo('/admin/runs/check', { ...asked }),
    })
  })
  app.get('/admin/preview/file', async (request, reply) => {
    const name = fieldOf(request.query, 'name')
    const file = (await preview(request)).files.find((one) => one.name === name)
    if (!file) throw notFound('file')
    return sendDocument(reply, file, file.bytes)
  })
  app.get('/admin/preview/mail', async (request, reply) => sendMailPage(reply, (await preview(request)).mail))
}
