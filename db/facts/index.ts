/** Facts from outside (docs/importing.md): what the command line and HTTP call. */
export { ImportError, UnknownAccount } from './faults.ts'
export { type ImportResult, importDirectory, importFile, NeverVoid } from './import.ts'
export type { Verb } from './load/file.ts'
export type { DefaultSchedule } from './load/schedules.ts'
export type { Counts } from './load/store.ts'
export type { Format } from './read/sheet.ts'
export { isTable, TABLE_NAMES, UnknownTable } from './tables/index.ts'
