import { facts } from './0001-facts.ts'
import { ledger } from './0002-ledger.ts'
import { walls } from './0003-walls.ts'
import { dataWalls } from './0004-data-walls.ts'
import { schedules } from './0005-schedules.ts'
import { reportIndexes } from './0006-report-indexes.ts'
import { sessions } from './0007-sessions.ts'
import { entryLicenses } from './0008-entry-licenses.ts'
import { months } from './0009-months.ts'
import { factsKept } from './0010-facts-kept.ts'
import { madeHere } from './0011-made-here.ts'
import { reductions } from './0012-reductions.ts'
import { usageIds } from './0012-usage-ids.ts'
import { untied } from './0013-untied.ts'
import { repair } from './0015-repair.ts'
import { installation } from './0016-installation.ts'
import { calendar } from './0018-calendar.ts'

/** Forward only, applied in this order, each once, all in one transaction. Never edit one that has been released. */
export const migrations: readonly { readonly name: string; readonly sql: string }[] = [
  { name: '0001-facts', sql: facts },
  { name: '0002-ledger', sql: ledger },
  { name: '0003-walls', sql: walls },
  { name: '0004-data-walls', sql: dataWalls },
  { name: '0005-schedules', sql: schedules },
  { name: '0006-report-indexes', sql: reportIndexes },
  { name: '0007-sessions', sql: sessions },
  { name: '0008-entry-licenses', sql: entryLicenses },
  { name: '0009-months', sql: months },
  { name: '0010-facts-kept', sql: factsKept },
  { name: '0011-made-here', sql: madeHere },
  { name: '0012-reductions', sql: reductions },
  { name: '0012-usage-ids', sql: usageIds },
  { name: '0013-untied', sql: untied },
  { name: '0015-repair', sql: repair },
  { name: '0016-installation', sql: installation },
  { name: '0018-calendar', sql: calendar },
]
