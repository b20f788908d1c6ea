import type { AdminParts } from '../shared/admin-parts.ts'
import type { Pages } from './render.ts'

export type PageParts = Omit<AdminParts, 'queues'>

/** What every page stands on. */
export interface PageContext extends PageParts {
  readonly pages: Pages
}
