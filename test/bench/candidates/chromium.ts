import { readFileSync } from 'node:fs'
import { barChart } from '../../../templates/chart/bars.ts'
import { chartSvg } from '../../../templates/chart/svg.ts'
import { openBrowser } from '../../support/browser.ts'
import { answerQuestions } from '../child.ts'
import { BOLD, REGULAR } from './fonts.ts'
import { contentOf, type List, type PageContent, type Table } from './page.ts'
import { benchDress, benchStatement } from './statements.ts'
import { renderFor } from './timed.ts'

/**
 * Headless Chromium, warm: one browser, one page, fonts loaded once, only the body replaced for each statement; untagged
 * and without header and footer templates, which would cost it more.
 */
const face = (path: string, weight: number) =>
  `@font-face { font-family: Noto; font-weight: ${weight}; src: url(data:font/ttf;base64,${readFileSync(path).toString('base64')}) }`
const STYLE = `${face(REGULAR, 400)} ${face(BOLD, 700)}
  @page { size: A4; margin: 60px 42px 50px; @bottom-right { content: "page " counter(page) " of " counter(pages); font: 7px Noto } }
  body { font: 8.5px/1.4 Noto; color: #161a22; margin: 0 } header { border-bottom: 1px solid #d6dae2; font-weight: 700 }
  h1 { font-size: 21px; margin: 8px 0 0 } h2 { font-size: 10.5px; color: #1f4fa3; margin: 10px 0 2px; border-bottom: 1px solid #1f4fa3 }
  .row { display: flex; gap: 22px } .row > * { flex: 1 } .tile { background: #edf1f8; border-left: 2.5px solid #1f4fa3; padding: 8px; border-radius: 4px }
  .tile b { display: block; font-size: 16px } table { width: 100%; border-collapse: collapse } td, th { padding: 2.5px 4px; text-align: left }
  tr:nth-child(even) { background: #f4f7fb } .n { text-align: right } thead { display: table-header-group } tr { break-inside: avoid }`

const browser = await openBrowser()
const page = await browser.newPage()
await page.setContent(`<!doctype html><html lang="en"><head><style>${STYLE}</style></head><body></body></html>`)

async function print(number: number): Promise<Uint8Array> {
  const which = number % 500
  const html = htmlOf(contentOf(benchStatement(which), benchDress(which).sha256))
  await page.evaluate(`document.body.innerHTML = ${JSON.stringify(html)}; document.fonts.ready.then(() => true)`)
  return page.pdf({ preferCSSPageSize: true, printBackground: true })
}

function htmlOf({ account, title, period, subject, about, tiles, lists, chart, tables }: PageContent): string {
  const tile = ({ label, value, note }: PageContent['tiles'][number]) =>
    `<div class="tile">${escaped(label)}<b>${escaped(value)}</b>${escaped(note)}</div>`
  return `<header>${escaped(account)} · ${escaped(title)} · ${escaped(period)}</header><h1>${escaped(title)}</h1><b>${escaped(subject)}</b><p>${escaped(about)}</p>
    <div class="row">${tiles.map(tile).join('')}</div>${rowOf(lists[0] ?? [])}<h2>Commission of twelve months</h2>
    <div class="row"><div style="flex:2">${svgOf(chart)}</div>${listOf({ title: '', items: chart.map((bar) => [bar.label, bar.text]) })}</div>
    ${lists.slice(1).map(rowOf).join('')}${tables.map(tableOf).join('')}`
}

const rowOf = (lists: readonly List[]): string => `<div class="row">${lists.map(listOf).join('')}</div>`

const listOf = ({ title, items }: List): string =>
  `<div><h2>${escaped(title)}</h2><table>${items.map(([label, value]) => `<tr><td>${escaped(label)}</td><td class="n">${escaped(value)}</td></tr>`).join('')}</table></div>`

function tableOf({ title, heads, rows, numbersFrom, total }: Table): string {
  const cells = (row: readonly string[], tag: string) =>
    `<tr>${row.map((cell, i) => `<${tag}${i >= numbersFrom ? ' class="n"' : ''}>${escaped(cell)}</${tag}>`).join('')}</tr>`
  return `<h2>${escaped(title)}</h2><table><thead>${cells(heads, 'th')}</thead><tbody>${rows.map((row) => cells(row, 'td')).join('')}${total ? cells(total, 'th') : ''}</tbody></table>`
}

const svgOf = (bars: PageContent['chart']): string =>
  chartSvg(
    barChart(
      bars,
      { width: 337, height: 144 },
      { tick: String, description: 'Commission of twelve months', emphasizeLast: true },
    ),
  )

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char)

answerQuestions(renderFor(print), () => browser.close())
