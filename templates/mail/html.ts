import { Eta } from 'eta'
import { LAYOUT } from './layout.ts'
import type { MailPage } from './page.ts'

type Render = (page: MailPage) => string

let layout: Promise<Render> | undefined

/** The HTML of a mail. MJML is compiled once per process, at the first mail; Eta then fills the places, escaped. */
export async function mailHtml(page: MailPage): Promise<string> {
  layout ??= compile()
  return (await layout)(page)
}

async function compile(): Promise<Render> {
  const { default: mjml } = await import('mjml') // a third of a second, and only needed by whoever mails
  const { html } = await mjml(LAYOUT, { fonts: {}, keepComments: false, validationLevel: 'skip', minify: false })
  const eta = new Eta({ tags: ['{{', '}}'], autoEscape: true, useWith: false })
  const filled = eta.compile(html.replace(/>\s+</g, '><'))
  return (page) => eta.render(filled, page)
}
