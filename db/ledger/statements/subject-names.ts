import type { Database } from '../../connection/client.ts'

interface SubjectKey {
  readonly account_id: number
  readonly subject_kind: string
  readonly subject_id: string
}

/** The names of subjects of one account as they are now, by `kind:id`; for statements that were never sealed. */
export async function findSubjectNames(db: Database, subjects: readonly SubjectKey[]): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  const [first] = subjects
  if (!first) return names
  const ids = (kind: string) => subjects.filter((one) => one.subject_kind === kind).map((one) => one.subject_id)
  const [partners, funnels] = [ids('partner'), ids('funnel')]
  const account = await db.selectFrom('accounts').select('name').where('account_id', '=', first.account_id).execute()
  for (const { name } of account) names.set('account:account', name)
  if (partners.length > 0) {
    const rows = await db
      .selectFrom('partners')
      .select(['partner_id', 'name'])
      .where('account_id', '=', first.account_id)
      .where('partner_id', 'in', partners)
      .execute()
    for (const { partner_id, name } of rows) names.set(`partner:${partner_id}`, name)
  }
  if (funnels.length > 0) {
    const rows = await db
      .selectFrom('funnels')
      .select(['funnel_id', 'name'])
      .where('account_id', '=', first.account_id)
      .where('funnel_id', 'in', funnels)
      .execute()
    for (const { funnel_id, name } of rows) names.set(`funnel:${funnel_id}`, name)
  }
  return names
}
