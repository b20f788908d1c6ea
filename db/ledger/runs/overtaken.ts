import { sql } from 'kysely'

/**
 * Whether a later revision of run `r` says something newer to the subject of its statement `s`, that there is nothing to
 * say any more, or has mailed (or tried to mail) the subject itself: the older one would arrive last, or twice.
 */
export const overtaken = sql<boolean>`exists (select from runs o
  join statements n on n.account_id = o.account_id and n.run_id = o.id
  where o.account_id = r.account_id and o.report = r.report and o.period = r.period and o.revision > r.revision
    and n.subject_kind = s.subject_kind and n.subject_id = s.subject_id
    and (n.status in ('sealed', 'rendered', 'skipped') or (n.status = 'unchanged' and n.replaces <> s.id)
      or exists (select from deliveries m where m.account_id = n.account_id and m.run_id = n.run_id and m.resend_of is null
        and m.subject_kind = n.subject_kind and m.subject_id = n.subject_id and m.status <> 'cancelled')))`
