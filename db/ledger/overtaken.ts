import { sql } from 'kysely'

/** Whether a later revision of run `r` says something newer to the subject of its statement `s`. */
export const overtaken = sql<boolean>`exists (select from runs o
  join statements n on n.account_id = o.account_id and n.run_id = o.id
  where o.account_id = r.account_id and o.report = r.report and o.period = r.period and o.revision > r.revision
    and n.subject_kind = s.subject_kind and n.subject_id = s.subject_id and n.status in ('sealed', 'rendered'))`
