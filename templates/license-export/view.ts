import type { Sealed } from '../statement.ts'

/** The sealed license-export (docs/definitions.md, Statements). The licences themselves are in the CSV, streamed and named by its SHA-256. */
export type LicenseExport = Sealed<LicenseExportFigures>

/** Licences created in the period; each map adds up to `licenses`. */
export interface LicenseExportFigures {
  /** Rows of the CSV. */
  readonly licenses: number
  readonly by_status: { readonly trial: number; readonly paid: number; readonly expired: number }
  readonly by_program: { readonly affiliate: number; readonly solution: number }
  readonly by_product: Readonly<Record<string, number>>
}
