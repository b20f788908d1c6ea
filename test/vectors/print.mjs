// Prints what the compiled program makes of every zone's periods and slots, 2026 to 2028, and of its texts:
// `npm run build && for n in 20 22 24 26; do npx -y node@$n test/vectors/print.mjs; done` must print one digest four times.
import { createHash } from 'node:crypto'
import { zoneDataVersion, zoneNames } from '../../dist/db/values/zone.js'
import { isoInstant, parsePeriod } from '../../dist/jobs/calendar/period.js'
import { slotsBetween } from '../../dist/jobs/calendar/slots.js'

const keys = []
for (const year of [2026, 2027, 2028]) {
  keys.push(`${year}`, ...[1, 2, 3, 4].map((quarter) => `${year}-Q${quarter}`))
  for (let month = 1; month <= 12; month++) keys.push(`${year}-${String(month).padStart(2, '0')}`)
  for (let week = 1; week <= 52; week++) keys.push(`${year}-W${String(week).padStart(2, '0')}`)
  const days = Date.UTC(year, 0)
  for (let day = 0; day < 365; day++) keys.push(new Date(days + day * 86_400_000).toISOString().slice(0, 10))
}
const [from, to] = [new Date('2026-01-01T00:00:00Z'), new Date('2029-01-01T00:00:00Z')]
const hash = createHash('sha256')
let lines = 0
for (const zone of [...zoneNames()].sort()) {
  for (const key of keys) {
    const period = parsePeriod(key, zone)
    hash.update(`${zone} ${key} ${isoInstant(period.from)} ${isoInstant(period.to)}\n`)
    lines++
  }
  for (const cron of ['0 0 * * 0', '30 2 * * *', '0 0 1 * *']) {
    hash.update(`${zone} ${cron} ${slotsBetween(cron, zone, from, to, 5000).map(isoInstant).join(' ')}\n`)
    lines++
  }
}
console.log(`${hash.digest('hex')} ${lines} lines, tz data ${zoneDataVersion()}, Node ${process.version}`)
