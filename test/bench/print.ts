import { cpus, release, totalmem, type } from 'node:os'
import type { Measured } from './row.ts'

/** The table as Markdown, so that it can stand in a README as it is printed. */
export function tableOf(rows: readonly Measured[]): string {
  const heads = ['name', 'value', 'peer or limit', 'its value', 'ratio', 'reach', 'holds', 'spread', 'measured']
  const lines = rows.map((row) => [
    `\`${row.name}\``,
    `${shown(row.value)} ${row.unit}`,
    row.peer,
    `${shown(row.peerValue)} ${row.unit}`,
    shown(row.ratio),
    row.reach,
    row.holds ? 'yes' : '**no**',
    row.spread,
    row.note,
  ])
  return [heads, heads.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

const shown = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 4 })

/** What it ran on. */
export function machine(postgres: string): string {
  const [cpu] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory}, ${type()} ${release()}; Node ${process.version}, ${postgres}`
}
