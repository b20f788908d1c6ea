/**
 * Preloaded into the child process of a crash test (`node --import`), never part of the product: kills the process with
 * SIGKILL the nth time that it reaches a named step, told by what it says to PostgreSQL and to the disk.
 * CRASH_AT: `<step>:<before|after>:<n>`.
 * CLOCK_AHEAD: milliseconds by which its clock runs ahead of the machine's.
 */
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import pg from 'pg'

const [wanted, side, nth] = (process.env.CRASH_AT ?? '').split(':')
let left = Number(nth)

const ahead = Number(process.env.CLOCK_AHEAD ?? 0)
if (ahead !== 0) {
  const Real = Date
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length > 0) super(...parts)
      else super(Real.now() + ahead)
    }
    static now() {
      return Real.now() + ahead
    }
  }
}

/** Steps by the statement that makes them; the first that fits. A commit is named after what its transaction did. */
const STEPS = [
  ['computing', (sql, values) => sql.startsWith('update "runs" set "status"') && values.includes('computing')],
  ['delivering', (sql, values) => sql.startsWith('update "runs" set "status"') && values.includes('delivering')],
  ['statements', (sql) => sql.startsWith('insert into "statements"')],
  ['files', (sql) => sql.startsWith('insert into "files"')],
  ['claim', (sql) => sql.includes('insert into delivery_attempts')],
  ['mail', (sql) => sql.startsWith('update deliveries d set message_id')],
  ['settle', (sql) => sql.includes('settled as (')],
  ['close', (sql) => sql.includes('update runs r set finished_at')],
]
const COMMITS = { statements: 'seal', files: 'rendered' }

function reach(step, when) {
  if (step === wanted && when === side && --left === 0) process.kill(process.pid, 'SIGKILL')
}

const doing = new WeakMap()
function stepOf(client, sql, values) {
  if (sql === 'begin' || sql === 'rollback') doing.delete(client)
  if (sql === 'commit') return COMMITS[doing.get(client)]
  const step = STEPS.find(([, fits]) => fits(sql, values))?.[0]
  if (step in COMMITS) doing.set(client, step)
  return step
}

const query = pg.Client.prototype.query
pg.Client.prototype.query = function (config, values, callback) {
  const text = typeof config === 'string' ? config : config?.text
  const step = typeof text === 'string' ? stepOf(this, text.trim(), Array.isArray(values) ? values : []) : undefined
  if (step) reach(step, 'before')
  const result = query.call(this, config, values, callback)
  return step && result instanceof Promise ? result.finally(() => reach(step, 'after')) : result
}

const rename = fs.rename
fs.rename = async (from, to) => {
  const isStored = String(from).includes('incoming')
  if (isStored) reach('store', 'before')
  await rename(from, to)
  if (isStored) reach('store', 'after')
}
syncBuiltinESMExports()
