import { decimal } from '../../db/values/money.ts'
import { monthsBefore, type Period, periodContaining, previousPeriod } from '../../jobs/calendar/period.ts'
import { HALYARD_PARTNERS, KUMO_PARTNERS, type Person } from './people.ts'
import { type Random, seededRandom } from './random.ts'

/** One of the two companies of the sample; money in minor units of its currency. */
export interface SampleAccount {
  readonly accountId: number
  readonly name: string
  readonly timeZone: string
  readonly currency: string
  readonly locale: string
  readonly brandColor: string
  readonly minimum: number
  readonly holdDays: number
  /** A seat for a month. */
  readonly prices: Readonly<Record<Plan, number>>
  /** Some deals are closed in another currency; `rate` is in units of the account's for one. */
  readonly foreign: { readonly currency: string; readonly rate: number }
  readonly people: readonly Person[]
  /** Nobody did anything in this one of the months (0 is the first). */
  readonly quietMonth?: number
  /** Partners of whom something special is told. */
  readonly optedOut: string
  readonly withoutAddress: string
  readonly blocked: string
  /** Left some months ago: has nothing to say for the last one. */
  readonly dormant: string
}

export const PLANS = ['starter', 'team', 'business'] as const
export type Plan = (typeof PLANS)[number]

/** How many months the sample tells of. */
export const MONTHS = 14

/** A fact as it is imported: column → value, as docs/importing.md has it; null and missing are empty. */
export type Fact = Readonly<Record<string, string | number | boolean | null>>
export type Tables = Readonly<Record<string, readonly Fact[]>>

/** What the making of one account's facts knows. */
export interface World {
  readonly account: SampleAccount
  readonly months: readonly Period[]
  /** No fact is later: the end of the last month. */
  readonly end: Date
  /** A stream of choices of its own for each subject, so that one more partner changes no other. */
  readonly random: (subject: string) => Random
  /** Minor units as the decimal that is imported. */
  readonly money: (minor: number) => string
}

/** The account's world in the 14 months that end with the one before `until`. */
export function worldOf(account: SampleAccount, until: Date, seed: string): World {
  const months = monthsBefore(previousPeriod(periodContaining('month', until, account.timeZone)), MONTHS)
  return {
    account,
    months,
    end: (months.at(-1) as Period).to,
    random: (subject) => seededRandom(`${seed}/${account.accountId}/${subject}`),
    money: (minor) => decimal(BigInt(minor), account.currency),
  }
}

export const SAMPLE_ACCOUNTS: readonly SampleAccount[] = [
  {
    accountId: 1,
    name: 'Halyard Software',
    timeZone: 'America/New_York',
    currency: 'USD',
    locale: 'en-US',
    brandColor: '#0b6e4f',
    minimum: 5000,
    holdDays: 30,
    prices: { starter: 2000, team: 4100, business: 5900 },
    foreign: { currency: 'EUR', rate: 1.08 },
    people: HALYARD_PARTNERS,
    optedOut: 'harbor',
    withoutAddress: 'chatguide',
    blocked: 'supportly',
    dormant: 'novak',
  },
  {
    accountId: 2,
    name: 'Kumo Works 株式会社',
    timeZone: 'Asia/Tokyo',
    currency: 'JPY',
    locale: 'ja-JP',
    brandColor: '#b4531f',
    minimum: 5000,
    holdDays: 14,
    prices: { starter: 2900, team: 5800, business: 8400 },
    foreign: { currency: 'USD', rate: 149 },
    people: KUMO_PARTNERS,
    quietMonth: 5,
    optedOut: 'tokyo-expat',
    withoutAddress: 'suzuki-lab',
    blocked: 'warsaw-east',
    dormant: 'fuji-note',
  },
]
