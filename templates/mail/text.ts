import type { MailPage, MailTable, ShownFile } from './page.ts'

/** The same page for those who read plain text. Lines are not wrapped: the reader's window knows better. */
export function mailText(page: MailPage): string {
  const paragraphs = [
    `${page.account}\n${page.title}: ${page.period}`,
    `${page.subjectName}\n${page.lead}`,
    ...page.notes.map(({ title, text }) => `${title.toUpperCase()} ${text}`),
    page.headlines.map(({ label, value, note }) => `${label}: ${value}${note && ` (${note})`}`).join('\n'),
    ...page.tables.map(tableText),
    ...(page.files.length > 0 ? [[titled(page.filesTitle), ...page.files.map(fileText)].join('\n')] : []),
    page.seal,
    `--\n${page.foot}${page.unsubscribeUrl ? `\nUnsubscribe from this report: ${page.unsubscribeUrl}` : ''}`,
  ]
  return `${paragraphs.join('\n\n')}\n`
}

function tableText({ title, heads, rows, more }: MailTable): string {
  const lines = rows.map((row) => {
    const [first = '', ...rest] = row
    return `${first}: ${rest.map((cell, at) => (heads[at + 1] && rest.length > 1 ? `${heads[at + 1]} ${cell}` : cell)).join(', ')}`
  })
  return [titled(title), ...lines, ...(more ? [more] : [])].join('\n')
}

const titled = (title: string) => `${title}\n${'-'.repeat(title.length)}`

const fileText = ({ name, about, sha256, url }: ShownFile) =>
  `${name}: ${about}\n  SHA-256 ${sha256}${url ? `\n  ${url}` : ''}`
