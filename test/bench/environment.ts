import { join } from 'node:path'
import type { Stage } from './stage.ts'

/** What a process of the bench is started with: its database, a home in the bench's folder, no limit in the way. */
export const environmentOf = ({ folder }: Stage, databaseUrl: string, more: Readonly<Record<string, string>> = {}) => ({
  DATABASE_URL: databaseUrl,
  BURSAR_HOME: join(folder, 'home'),
  SECRET: 'a-secret-of-the-bench',
  ADMIN_TOKEN: 'an-admin-token-of-the-bench',
  MAIL_RATE: '100000',
  RATE_LIMIT: '1000000',
  PORT: '0',
  ...more,
})
