import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importDirectory } from '../../db/facts/import.ts'
import type { TestDatabase } from '../support/database.ts'
import type { Fact, Facts } from './facts.ts'
import { factsOf, type World } from './worlds.ts'

/** Imports a world's facts as a folder of CSV files. */
export const importWorld = (database: TestDatabase, world: World): Promise<void> =>
  importFacts(database, world, factsOf(world))

export async function importFacts(database: TestDatabase, world: World, facts: Facts): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bursar-figures-'))
  for (const [table, rows] of Object.entries(facts)) writeFileSync(join(folder, `${table}.csv`), csv(rows))
  await importDirectory(database, folder, { accountId: world.account, now: new Date('2026-11-20T00:00:00Z') })
  rmSync(folder, { recursive: true })
}

function csv(rows: readonly Fact[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
  return [columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
    .map((cells) => `${cells.map(cell).join(',')}\n`)
    .join('')
}
