// Draws the sealed statement of a file in the languages that follow, by the compiled program, and prints a digest of each
// PDF, CSV and mail: `node test/vectors/draw.mjs sealed.json en de …`.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { findReport } from '../../dist/jobs/index.js'

const [file, ...locales] = process.argv.slice(2)
const sealed = JSON.parse(readFileSync(file, 'utf8'))
const { template } = findReport(sealed.report)
const digest = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
const drawn = {}
for (const locale of locales) {
  const dress = { sha256: 'c0ffee42'.repeat(8), locale, files: [] }
  const { subject, text, html } = await template.mail(sealed, dress)
  const csv = template.csv(sealed).map(({ bytes }) => digest(bytes))
  drawn[locale] = [digest(await template.pdf(sealed, dress)), ...csv, digest(`${subject}\n${text}\n${html}`)]
}
console.log(JSON.stringify(drawn))
