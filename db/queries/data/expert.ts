import type { PartnerScope } from './scope.ts'

export function findExpertProfile({ db, account, partnerId }: PartnerScope) {
  return db
    .selectFrom('expert_profiles')
    .selectAll()
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
}

/** Comments on the profile, newest first. */
export function listComments({ db, account, partnerId }: PartnerScope) {
  return db
    .selectFrom('expert_comments')
    .select(['comment', 'author', 'created_at', 'website'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .orderBy('created_at', 'desc')
    .orderBy('author')
    .execute()
}

export function findExpertStats({ db, account, partnerId }: PartnerScope) {
  return db
    .selectFrom('expert_stats')
    .select(['position', 'comments', 'messages'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .executeTakeFirst()
}

/** Views of the profile in the last twelve months that have any, newest first. */
export function listViews({ db, account, partnerId }: PartnerScope) {
  return db
    .selectFrom('expert_views')
    .select(['month', 'profile_views'])
    .where('account_id', '=', account.accountId)
    .where('partner_id', '=', partnerId)
    .orderBy('month', 'desc')
    .limit(12)
    .execute()
}
