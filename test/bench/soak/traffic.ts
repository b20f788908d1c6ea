/** What presses on the soaked program, through its own HTTP: runs, imports, questions. Each call throws on an error. */
export interface Traffic {
  /** Asks for the statements of another day each time. */
  readonly run: () => Promise<void>
  /** Brings in a few commissions that were not there. */
  readonly importFacts: () => Promise<void>
  readonly ask: () => Promise<void>
  /** How often a call was refused because the server was away. */
  readonly refused: () => number
}

const FIRST_DAY = Date.parse('2026-10-31T00:00:00Z')
const DAY = 86_400_000
const PATHS = [
  '/v2/partners/balance',
  '/v2/partners/stats',
  '/v2/partners/reports/commission?date_from=2026-09-01&date_to=2026-10-31&aggregation=day',
  '/v2/partners/affiliates/summary',
]

export function createTraffic(address: string, keys: { admin: string; partner: string }): Traffic {
  let [days, commissions, asked, refused] = [0, 0, 0, 0]
  const call = async (path: string, key: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${key}`, ...init.headers }
    const response = await fetch(`${address}${path}`, { ...init, headers })
    const body = await response.text()
    if (response.status === 503) refused++
    else if (!response.ok) throw new Error(`${path} answered ${response.status}: ${body.slice(0, 300)}`)
  }
  const post = (path: string, type: string, body: string) =>
    call(`/admin/api${path}`, keys.admin, { method: 'POST', headers: { 'content-type': type }, body })
  return {
    run: () => {
      const period = new Date(FIRST_DAY - days++ * DAY).toISOString().slice(0, 10)
      return post('/runs', 'application/json', JSON.stringify({ report: 'monthly-summary', period }))
    },
    importFacts: () => {
      const lines = Array.from({ length: 50 }, (_, i) =>
        JSON.stringify({
          commission_id: `soak-${commissions++}`,
          partner_id: `p-${String(i + 1).padStart(6, '0')}`,
          kind: 'commission',
          program: 'affiliate',
          product: 'livechat',
          amount: '12.50',
          earned_at: '2026-10-31T12:00:00Z',
        }),
      )
      return post('/facts/commissions', 'application/x-ndjson', `${lines.join('\n')}\n`)
    },
    ask: () => call(PATHS[asked++ % PATHS.length] as string, keys.partner),
    refused: () => refused,
  }
}
