import { Document, Font, Page, Rect, renderToBuffer, StyleSheet, Svg, Text, View } from '@react-pdf/renderer'
import { createElement as h, type ReactElement, type ReactNode } from 'react'
import { barChart } from '../../../templates/chart/bars.ts'
import { answerQuestions } from '../child.ts'
import { BOLD, REGULAR } from './fonts.ts'
import { contentOf, type List, type PageContent, type Table } from './page.ts'
import { benchDress, benchStatement } from './statements.ts'
import { renderFor } from './timed.ts'

/** @react-pdf/renderer, warm: fonts registered once. */
Font.register({
  family: 'Noto',
  fonts: [
    { src: REGULAR, fontWeight: 400 },
    { src: BOLD, fontWeight: 700 },
  ],
})
Font.registerHyphenationCallback((word) => [word]) // ours breaks no words either

const styles = StyleSheet.create({
  page: { fontFamily: 'Noto', fontSize: 8.5, padding: 42, color: '#161a22' },
  head: { fontWeight: 700, borderBottom: '1 solid #d6dae2' },
  foot: { position: 'absolute', bottom: 24, right: 42, fontSize: 7 },
  h1: { fontSize: 21, fontWeight: 700 },
  h2: { fontSize: 10.5, fontWeight: 700, color: '#1f4fa3', marginTop: 8, borderBottom: '1 solid #1f4fa3' },
  row: { flexDirection: 'row', gap: 22 },
  part: { flex: 1 },
  tile: { flex: 1, backgroundColor: '#edf1f8', padding: 8 },
  value: { fontSize: 16, fontWeight: 700 },
  line: { flexDirection: 'row', paddingVertical: 2.2 },
  cell: { flex: 1 },
  number: { flex: 1, textAlign: 'right' },
})

function documentOf({ account, title, period, subject, about, tiles, lists, chart, tables }: PageContent) {
  const foot = ({ pageNumber, totalPages }: { pageNumber: number; totalPages: number }) =>
    `page ${pageNumber} of ${totalPages}`
  return h(
    Document,
    { title: `${title} · ${period}`, language: 'en' },
    h(
      Page,
      { size: 'A4', style: styles.page },
      h(Text, { style: styles.head, fixed: true }, `${account} · ${title} · ${period}`),
      h(Text, { style: styles.foot, fixed: true, render: foot }),
      h(Text, { style: styles.h1 }, title),
      h(Text, { style: { fontWeight: 700 } }, subject),
      h(Text, {}, about),
      h(View, { style: styles.row }, ...tiles.map(tileOf)),
      rowOf(lists[0] ?? []),
      h(
        View,
        { style: styles.row },
        chartOf(chart),
        listOf({ title: '', items: chart.map((bar) => [bar.label, bar.text]) }),
      ),
      ...lists.slice(1).map(rowOf),
      ...tables.map(tableOf),
    ),
  )
}

const tileOf = ({ label, value, note }: PageContent['tiles'][number]): ReactElement =>
  h(View, { style: styles.tile }, h(Text, {}, label), h(Text, { style: styles.value }, value), h(Text, {}, note))

const rowOf = (lists: readonly List[]): ReactElement =>
  h(View, { style: styles.row, wrap: false }, ...lists.map(listOf))

const listOf = ({ title, items }: List): ReactElement =>
  h(View, { style: styles.part }, h(Text, { style: styles.h2 }, title), ...items.map((item) => lineOf(item, 1)))

function tableOf({ title, heads, rows, numbersFrom, total }: Table): ReactElement {
  const lines = [heads, ...rows, ...(total ? [total] : [])].map((row) => lineOf(row, numbersFrom))
  return h(View, {}, h(Text, { style: styles.h2 }, title), ...lines)
}

const lineOf = (row: readonly string[], numbersFrom: number): ReactElement =>
  h(
    View,
    { style: styles.line, wrap: false },
    ...row.map((cell, i) => h(Text, { style: i >= numbersFrom ? styles.number : styles.cell }, cell)),
  )

function chartOf(bars: PageContent['chart']): ReactElement {
  const chart = barChart(bars, { width: 337, height: 144 }, { tick: String, description: 'Commission' })
  const shapes = chart.shapes.flatMap((shape): ReactNode[] => {
    if (shape.kind === 'rect')
      return [h(Rect, { x: shape.x, y: shape.y, width: shape.width, height: shape.height, fill: '#1f4fa3' })]
    return shape.kind === 'text'
      ? [h(Text as never, { x: shape.x, y: shape.y, style: { fontSize: shape.size } } as never, shape.text)]
      : []
  })
  return h(Svg, { width: 337, height: 144 }, ...shapes)
}

answerQuestions(
  renderFor((number) => {
    const which = number % 500
    return renderToBuffer(documentOf(contentOf(benchStatement(which), benchDress(which).sha256)))
  }),
)
