import { z } from 'zod'

const counts = () => z.record(z.string(), z.int())
const instant = () => z.string().nullable()

/** A run as HTTP shows it. */
export const runShape = z
  .object({
    id: z.string(),
    report: z.string(),
    period: z.string(),
    account_id: z.int(),
    revision: z.int(),
    trigger: z.string(),
    status: z.string(),
    progress: z.number().meta({ description: '0 to 1; 1 when the run has ended.' }),
    provisional: z.boolean(),
    as_of: z.string(),
    mail: z.boolean(),
    partners: z.array(z.string()).nullable(),
    statements: counts().meta({ description: 'How many are in each status.' }),
    deliveries: counts().meta({ description: 'How many are in each status; resends are not counted.' }),
    reasons: counts().meta({ description: 'Why statements were not sent, and how many.' }),
    untied: z.array(z.object({ period: z.string(), count: z.int(), subjects: z.array(z.string()) })).meta({
      description:
        'Periods whose sealed statements do not tie with some of this run: how many, and the first subjects. Restate them.',
    }),
    timings: z.unknown(),
    requested_by: z.string().nullable(),
    due_at: instant(),
    created_at: z.string(),
    started_at: instant(),
    finished_at: instant(),
    calendar_note: z
      .string()
      .nullable()
      .meta({ description: 'Where its bounds, as they are sealed, are not those of the present tz data.' }),
    tz_version: z.string().nullable().meta({ description: 'The tz data that its bounds were reckoned by.' }),
    error: z.string().nullable(),
  })
  .meta({ description: 'A run.' })
