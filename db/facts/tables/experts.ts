import { bigInteger, integer } from '../cells/numbers.ts'
import { identifier, listOf, month, text } from '../cells/text.ts'
import { instant } from '../cells/time.ts'
import { type FactTable, optional, refersTo, required } from '../table.ts'

const PROFILE_TEXTS = [
  'expert_id',
  'status',
  'company',
  'phone',
  'logo',
  'description',
  'short_description',
  'agents',
  'hour_rate',
  'project_rate',
  'country',
  'website',
  'facebook',
  'twitter',
  'linkedin',
  'googleplus',
]
const PROFILE_LISTS = ['categories', 'languages', 'projects']

const references = [refersTo('partners', 'partner_id')]

export const expertProfiles: FactTable = {
  name: 'expert_profiles',
  columns: [
    required('partner_id', identifier),
    ...PROFILE_TEXTS.map((name) => optional(name, text)),
    ...PROFILE_LISTS.map((name) => optional(name, listOf(), `'{}'`)),
  ],
  key: ['partner_id'],
  references,
}

export const expertComments: FactTable = {
  name: 'expert_comments',
  columns: [
    required('partner_id', identifier),
    required('created_at', instant),
    required('author', identifier),
    required('comment', text),
    optional('website', text),
  ],
  key: ['partner_id', 'created_at', 'author'],
  references,
}

export const expertStats: FactTable = {
  name: 'expert_stats',
  columns: [
    required('partner_id', identifier),
    required('position', integer({ min: 0 })),
    required('comments', integer({ min: 0 })),
    required('messages', integer({ min: 0 })),
  ],
  key: ['partner_id'],
  references,
}

export const expertViews: FactTable = {
  name: 'expert_views',
  columns: [
    required('partner_id', identifier),
    required('month', month),
    required('profile_views', bigInteger({ min: 0 })),
  ],
  key: ['partner_id', 'month'],
  references,
}
