import type { Subject } from '../../templates/statement.ts'

/** The subject's id in the ledger, unique beside its kind. */
export function subjectId(subject: Subject): string {
  if (subject.kind === 'partner') return subject.partner_id
  return subject.kind === 'funnel' ? String(subject.funnel_id) : 'account'
}

/** The subject's name in file names (SPEC 5): nothing of it can leave a folder or upset a file system. */
export function subjectName(subject: { kind: string; id: string } | Subject): string {
  const id = 'id' in subject ? subject.id : subjectId(subject)
  if (subject.kind === 'account') return 'account'
  if (subject.kind === 'funnel') return `funnel-${id}`
  return encodeURIComponent(id)
    .replace(/^\.+/, (dots) => dots.replaceAll('.', '%2E'))
    .replaceAll('*', '%2A')
}
