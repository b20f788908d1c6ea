import { type MailContent, type Notation, reportMail } from '../mail/report.ts'
import type { MailBody, MailDress } from '../statement.ts'
import type { LicenseExport } from './view.ts'

export const licenseExportMail = (statement: LicenseExport, dress: MailDress): Promise<MailBody> =>
  reportMail(statement, dress, content)

function content({ figures }: LicenseExport, { count }: Notation): MailContent {
  const { by_status: status, by_program: program } = figures
  return {
    title: 'License export',
    lead: `${count(figures.licenses)} licences were created.`,
    headlines: [
      {
        label: 'Licences',
        value: count(figures.licenses),
        note: `${count(program.affiliate)} affiliate, ${count(program.solution)} solution`,
      },
      { label: 'Paid', value: count(status.paid), note: `${count(status.trial)} in trial` },
      { label: 'Expired', value: count(status.expired), note: 'of those created in the period' },
    ],
  }
}
