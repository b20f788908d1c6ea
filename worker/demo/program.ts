import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeCsv } from '../../templates/csv.ts'
import { campaignFacts, campaignsOf, clickFacts, couponFacts } from './campaigns.ts'
import { commissionFacts, type Line, licenseInvoiceFacts, linesOf, referralLines } from './commissions.ts'
import { expertTables } from './experts.ts'
import { leadFacts } from './leads.ts'
import { licenseFacts, licensesOf, operatorFacts } from './licenses.ts'
import { billingFacts, type Member, membersOf, partnerFacts } from './members.ts'
import { pipelineTables } from './pipeline.ts'
import { usageTables } from './usage.ts'
import { withdrawalFacts } from './withdrawals.ts'
import { type Fact, SAMPLE_ACCOUNTS, type SampleAccount, type Tables, type World, worldOf } from './world.ts'

/** A folder to import into the account of that id; its `accounts.csv` creates the account. */
interface SampleFolder {
  readonly accountId: number
  readonly dir: string
}

/**
 * Writes the sample program as import files (docs/importing.md), every table: a folder per account, of the 14 months that end
 * with the one before `until` (in each account's time zone). The same for the same month and seed.
 */
export async function writeSampleProgram(
  dir: string,
  { until, seed = 'bursar' }: { until: Date; seed?: string },
): Promise<readonly SampleFolder[]> {
  const folders = SAMPLE_ACCOUNTS.map((account) => ({ account, dir: join(dir, `account-${account.accountId}`) }))
  for (const folder of folders) await writeTables(folder.dir, sampleTables(folder.account, until, seed))
  return folders.map(({ account, dir }) => ({ accountId: account.accountId, dir }))
}

/** Every table of one sample account. */
export function sampleTables(account: SampleAccount, until: Date, seed: string): Tables {
  const world = worldOf(account, until, seed)
  const members = membersOf(world)
  return {
    accounts: [accountFact(world)],
    partners: partnerFacts(world, members),
    billing_details: billingFacts(world, members),
    coupons: couponFacts(members),
    ...earningTables(world, members),
    ...joined(members.map((member) => leadFacts(world, member))),
    ...pipelineTables(world, members),
    ...usageTables(world, members),
    ...expertTables(world, members),
  }
}

/** What partners brought and were paid; who referred others is paid for these too, so withdrawals come last. */
function earningTables(world: World, members: readonly Member[]): Tables {
  const lines: Line[] = []
  const tables = members.map((member) => {
    const campaigns = campaignsOf(world, member)
    const licenses = licensesOf(world, member, campaigns)
    const own = linesOf(world, member, licenses)
    lines.push(...own, ...referralLines(member, own))
    return {
      campaigns: campaignFacts(member, campaigns),
      clicks: clickFacts(world, member, campaigns),
      licenses: licenseFacts(world, licenses),
      license_operators: operatorFacts(licenses),
      license_invoices: licenseInvoiceFacts(world, member, licenses),
    }
  })
  const withdrawals = members.flatMap((member) => withdrawalFacts(world, member, lines, member.index * 100))
  return { ...joined(tables), commissions: commissionFacts(world, lines), withdrawals }
}

const accountFact = ({ account, money }: World): Fact => ({
  account_id: account.accountId,
  name: account.name,
  timezone: account.timeZone,
  currency: account.currency,
  locale: account.locale,
  withdrawal_minimum: money(account.minimum),
  hold_days: account.holdDays,
  reply_to: `partners@program-${account.accountId}.example`,
  brand_color: account.brandColor,
})

/** The tables of many, one after the other. */
function joined(parts: readonly Tables[]): Tables {
  const all: Record<string, Fact[]> = {}
  for (const part of parts) {
    for (const [table, facts] of Object.entries(part)) all[table] = [...(all[table] ?? []), ...facts]
  }
  return all
}

async function writeTables(dir: string, tables: Tables): Promise<void> {
  await mkdir(dir, { recursive: true })
  for (const [table, facts] of Object.entries(tables)) {
    const names = [...new Set(facts.flatMap((fact) => Object.keys(fact)))]
    const columns = names.map((name) => ({ name, kind: 'text', value: (fact: Fact) => fact[name] ?? null }) as const)
    // Unguarded: what is imported is kept to the letter, an apostrophe would become part of a name.
    await writeFile(join(dir, `${table}.csv`), writeCsv(columns, facts, { bom: false, guard: false }).bytes)
  }
}
