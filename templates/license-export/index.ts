import type { Template } from '../statement.ts'
import { licenseExportMail } from './mail.ts'
import type { LicenseExport } from './view.ts'

/** No PDF; the CSV is streamed out of the snapshot. */
export const licenseExport: Template<LicenseExport> = { mail: licenseExportMail }
