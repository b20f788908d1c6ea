import { z } from 'zod'
import { countByProduct, type ProductStats, type Program } from '../../../../db/queries/data/licenses.ts'
import { EVER } from '../../../../db/queries/data/scope.ts'
import { referredCounts } from '../../../../db/queries/referred.ts'
import { type Endpoint, partnerEndpoint } from '../endpoint.ts'
import { count } from '../shapes.ts'

const counts = () => z.object({ trials: count(), trials_cc: count(), paid: count() })

export const stats: Endpoint = partnerEndpoint({
  id: 'text-get-stats',
  path: '/v2/partners/stats',
  summary: 'License counts per product and program, by their status of now.',
  answer: z.object({
    affiliate: z.object({
      livechat: counts(),
      chatbot: counts(),
      helpdesk: counts(),
      partner_program: z.object({ partners_referred: count(), ...counts().shape }),
    }),
    solution: z.object({ livechat: counts(), chatbot: counts(), helpdesk: counts() }),
  }),
  handle: async ({ scope }) => {
    const { db, account, partnerId, now } = scope
    const of = picker(await countByProduct(scope))
    const referred = await referredCounts(db, account, { from: EVER.from, to: now }, { partners: [partnerId] })
    return {
      affiliate: {
        livechat: of('affiliate', 'livechat'),
        chatbot: of('affiliate', 'chatbot'),
        helpdesk: of('affiliate', 'helpdesk'),
        partner_program: {
          partners_referred: referred.get(partnerId)?.count ?? 0,
          ...of('affiliate', 'partner_program'),
        },
      },
      solution: {
        livechat: of('solution', 'livechat'),
        chatbot: of('solution', 'chatbot'),
        helpdesk: of('solution', 'helpdesk'),
      },
    }
  },
})

const picker = (rows: readonly ProductStats[]) => (program: Program, product: string) => {
  const row = rows.find((one) => one.program === program && one.product === product)
  return { trials: row?.trials ?? 0, trials_cc: row?.trials_cc ?? 0, paid: row?.paid ?? 0 }
}
