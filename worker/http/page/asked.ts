import { findAccount } from '../../../db/access/accounts.ts'
import { placeOf } from '../../../jobs/calendar/period.ts'
import type { RunInput } from '../../actions/request-run.ts'
import type { RunContext } from '../../run/context.ts'
import { INSTANT, instantIn } from '../../values/instants.ts'
import { Refused } from '../../values/refused.ts'
import { fieldOf, linesOf } from './form.ts'

/** What the form of a run says, as text: for showing it again, and for handing it on. */
export interface Asked {
  readonly report: string
  readonly account_id: string
  readonly period: string
  readonly partners: string
  readonly as_of: string
  readonly mail: '0' | '1'
}

/** `other` is what was typed instead of a period of the list. */
export function askedOf(from: unknown): Asked {
  return {
    report: fieldOf(from, 'report'),
    account_id: fieldOf(from, 'account_id') || '1',
    period: fieldOf(from, 'other') || fieldOf(from, 'period'),
    partners: linesOf(from, 'partners').join('\n'),
    as_of: fieldOf(from, 'as_of'),
    mail: fieldOf(from, 'mail') === '1' ? '1' : '0',
  }
}

/** The same as the verbs take it. Refused `invalid` or `unknown` names the field. */
export async function inputOf(db: RunContext['db'], asked: Asked, requestedBy: string): Promise<RunInput> {
  const accountId = accountIdOf(asked)
  const account = await findAccount(db, accountId)
  if (!account) throw new Refused('unknown', 'account_id', `account ${accountId} does not exist`)
  const asOf = asked.as_of === '' ? undefined : instantIn(asked.as_of, placeOf(account))
  if (asked.as_of !== '' && !asOf)
    throw new Refused('invalid', 'as_of', `${JSON.stringify(asked.as_of)}: expected ${INSTANT}`)
  const partners = asked.partners === '' ? undefined : asked.partners.split('\n')
  const { report, period } = asked
  return { report, period, accountId, partners, asOf, mail: asked.mail === '1', trigger: 'http', requestedBy }
}

function accountIdOf({ account_id }: Pick<Asked, 'account_id'>): number {
  const id = /^\d{1,9}$/.test(account_id) ? Number(account_id) : Number.NaN
  if (id >= 1) return id
  throw new Refused('unknown', 'account_id', `account ${JSON.stringify(account_id)} does not exist`)
}
