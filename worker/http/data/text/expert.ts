import { z } from 'zod'
import { findExpertProfile, findExpertStats, listComments, listViews } from '../../../../db/queries/data/expert.ts'
import { HttpProblem } from '../../shared/problem.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from '../endpoint.ts'
import { count, number, string, timestamp, timestampOf } from '../shapes.ts'

/** What the marketplace shows of an Expert; 403 for a partner who is none. */
export const expert: readonly Endpoint[] = [
  partnerEndpoint({
    id: 'text-get-expert-profile',
    path: '/v2/partners/experts/profile',
    summary: 'The Expert profile.',
    answer: z.object({
      expert_id: string(),
      status: string(),
      company: string(),
      phone: string(),
      logo: string(),
      description: string(),
      short_description: string(),
      agents: string(),
      hour_rate: number().nullable(),
      project_rate: number().nullable(),
      country: string(),
      website: string(),
      facebook: string(),
      twitter: string(),
      linkedin: string(),
      googleplus: string(),
      categories: z.array(string()),
      languages: z.array(string()),
      projects: z.array(string()),
    }),
    handle: async ({ scope }) => profileOf(scope),
  }),
  partnerEndpoint({
    id: 'text-get-comments',
    path: '/v2/partners/experts/comments',
    summary: 'Comments left on the Expert profile.',
    answer: z.object({
      result: z.array(
        z.object({ comment: string(), author: string(), creation_timestamp: timestamp(), website: string() }),
      ),
    }),
    handle: async ({ scope }) => {
      demandExpert(scope)
      const comments = await listComments(scope)
      return {
        result: comments.map(({ comment, author, created_at, website }) => ({
          comment,
          author,
          creation_timestamp: timestampOf(created_at),
          website: website ?? '',
        })),
      }
    },
  }),
  partnerEndpoint({
    id: 'text-get-expert-stats',
    path: '/v2/partners/experts/stats',
    summary: 'Marketplace position, comment and message counts.',
    answer: z.object({ position: count(), comments: count(), messages: count() }),
    handle: async ({ scope }) => {
      demandExpert(scope)
      return (await findExpertStats(scope)) ?? { position: 0, comments: 0, messages: 0 }
    },
  }),
  partnerEndpoint({
    id: 'text-get-expert-history',
    path: '/v2/partners/experts/history',
    summary: 'Profile views per month, newest first.',
    answer: z.object({ result: z.array(z.object({ date: string(), profile_views: count() })) }),
    handle: async ({ scope }) => {
      demandExpert(scope)
      const views = await listViews(scope)
      return {
        result: views.map(({ month, profile_views }) => ({ date: month, profile_views: Number(profile_views) })),
      }
    },
  }),
]

function demandExpert({ partner }: OnePartner): void {
  if (!partner.programs.includes('expert')) throw new HttpProblem(403, 'the partner is not an Expert')
}

async function profileOf(scope: OnePartner) {
  demandExpert(scope)
  const row = await findExpertProfile(scope)
  if (!row) throw new HttpProblem(403, 'the partner has no Expert profile')
  return {
    expert_id: row.expert_id ?? '',
    status: row.status ?? '',
    company: row.company ?? '',
    phone: row.phone ?? '',
    logo: row.logo ?? '',
    description: row.description ?? '',
    short_description: row.short_description ?? '',
    agents: row.agents ?? '',
    hour_rate: rateOf(row.hour_rate),
    project_rate: rateOf(row.project_rate),
    country: row.country ?? '',
    website: row.website ?? '',
    facebook: row.facebook ?? '',
    twitter: row.twitter ?? '',
    linkedin: row.linkedin ?? '',
    googleplus: row.googleplus ?? '',
    categories: row.categories,
    languages: row.languages,
    projects: row.projects,
  }
}

/** Imported as text; what is no number is not known. */
const rateOf = (text: string | null): number | null =>
  text !== null && /^\d+(\.\d+)?$/.test(text) ? Number(text) : null
