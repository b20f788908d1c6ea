import { Eta } from 'eta'
import { compiledLayout } from './compiled.ts'
import type { MailPage } from './page.ts'

type Render = (page: MailPage) => string

let layout: Promise<Render> | undefined

/** The HTML of a mail. Its layout is read once per process, at the first mail; Eta then fills the places, escaped. */
export async function mailHtml(page: MailPage): Promise<string> {
  layout ??= compiledLayout().then(fillable)
  return (await layout)(page)
}

function fillable(html: string): Render {
  const eta = new Eta({ tags: ['{{', '}}'], autoEscape: true, useWith: false })
  const filled = eta.compile(html)
  return (page) => eta.render(filled, page)
}
