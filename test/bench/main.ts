import { loadavg } from 'node:os'
import pg from 'pg'
import { type Options, readArguments } from './args.ts'
import { openDatabase } from './database.ts'
import { FIVE_MILLION, loadFacts, scaled } from './facts.ts'
import { machine, tableOf } from './print.ts'
import { type Measured, NAMES, type Name } from './row.ts'
import { apiRow } from './rows/api.ts'
import { csvRows } from './rows/csv.ts'
import { demo } from './rows/demo.ts'
import { figuresRows } from './rows/figures.ts'
import { importRows } from './rows/import.ts'
import { loopGap } from './rows/loop-gap.ts'
import { renderRows } from './rows/render.ts'
import { runRows } from './rows/run.ts'
import { workersRow } from './rows/workers.ts'
import { openStage, type Stage } from './stage.ts'

/** `npm run bench` (docs/measurements.md). Nothing here decides whether a test passes: machines differ. */
async function bench(options: Options): Promise<Measured[]> {
  const stage = await openStage(options, process.env.BENCH_DATABASE_URL)
  const wanted = (name: Name) => options.only.length === 0 || options.only.includes(name)
  const rows: Measured[] = []
  try {
    if (wanted('demo')) rows.push(...(await noted(stage, 'demo', () => demo(stage))))
    if (wanted('loop-gap')) rows.push(...(await noted(stage, 'loop-gap', () => loopGap(stage))))
    if (wanted('render-chromium') || wanted('render-react-pdf'))
      rows.push(...(await noted(stage, 'render', () => renderRows(stage, wanted))))
    if (wanted('import-copy')) rows.push(...(await noted(stage, 'import', () => importRows(stage))))
    if ((['run-stage', 'run-growth', 'run-memory'] as const).some(wanted))
      rows.push(...(await noted(stage, 'run', () => runRows(stage, wanted))))
    if (wanted('two-workers')) rows.push(...(await noted(stage, 'workers', () => workersRow(stage))))
    rows.push(...(await onManyFacts(stage, wanted)))
    stage.note(machine(await versionOf(await stage.server())))
  } finally {
    await stage.close()
  }
  return rows.filter(({ name }) => wanted(name as Name)).sort((a, b) => placeOf(a) - placeOf(b))
}

const placeOf = ({ name }: Measured): number => NAMES.indexOf(name as Name)

/** The rows that are about five million facts share one database. */
async function onManyFacts(stage: Stage, wanted: (name: Name) => boolean): Promise<Measured[]> {
  const [figures, csv] = [
    (['figures-scan', 'figures-per-partner'] as const).some(wanted),
    (['csv-psql', 'csv-memory'] as const).some(wanted),
  ]
  const api = wanted('api-p99')
  if (!figures && !csv && !api) return []
  const database = await openDatabase(stage)
  try {
    await noted(stage, 'facts', () => loadFacts(database, scaled(FIVE_MILLION, stage.options.quick ? 0.02 : 1)))
    return [
      ...(figures ? await noted(stage, 'figures', () => figuresRows(stage, database)) : []),
      ...(api ? await noted(stage, 'api', () => apiRow(stage, database)) : []),
      ...(csv ? await noted(stage, 'csv', () => csvRows(stage, database)) : []),
    ]
  } finally {
    await database.drop()
  }
}

async function noted<T>({ note }: Stage, what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now()
  const result = await work()
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  note(`${what}: ${seconds} s (load of the machine ${loadavg()[0]?.toFixed(1)})`)
  return result
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query('show server_version').finally(() => client.end())
  return `PostgreSQL ${rows[0].server_version}`
}

const options = readArguments(process.argv.slice(2))
const rows = await bench(options)
const plain = rows.map(({ spread: _, note: __, ...row }) => row)
process.stdout.write(`${options.json ? JSON.stringify(plain, null, 2) : tableOf(rows)}\n`)
