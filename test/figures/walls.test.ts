import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import PostalMime from 'postal-mime'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isOpen } from '../../db/ledger/runs/runs.ts'
import { reports } from '../../jobs/index.ts'
import { findRunOrThrow } from '../../worker/actions/control-run.ts'
import { openRequestedRun } from '../../worker/actions/request-run.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { openTestRuntime, type TestRuntime } from '../support/runtime.ts'
import { until } from '../support/until.ts'
import { readPdf } from '../templates/pdf/read.ts'
import type { Fact } from './facts.ts'
import { importFacts } from './import.ts'
import { markFacts, markOf } from './marked.ts'
import { PARTNERS } from './program/names.ts'
import { factsOf, WORLDS } from './worlds.ts'

/** What a partner is sent speaks of nobody else: everything of a partner is called by a mark, and the others' are looked for. */
const world = WORLDS[0] as (typeof WORLDS)[number]
const facts = markFacts(factsOf(world))
const idOf = (partner: string) => `${partner}-${markOf(partner)}`
const NOW = new Date('2026-07-01T06:00:00Z')
let database: TestDatabase
let works: TestRuntime

beforeAll(async () => {
  database = await freshDatabase()
  works = await openTestRuntime(database.db, reports, { clock: () => NOW })
  await importFacts(database, world, facts)
}, 60_000)
afterAll(async () => {
  await works.close()
  await database.close()
})

async function run(report: string, period: string, partners?: readonly string[]) {
  const asked = { report, period, accountId: world.account, mail: true, trigger: 'cli', partners } as const
  const { run: opened } = await openRequestedRun(works.context, asked)
  return until(async () => {
    const found = await findRunOrThrow(works.context, opened.id)
    return !isOpen(found) && found
  }, `${report} ends`)
}

const all = PARTNERS.map(idOf)

test('no partner’s statement, file or mail says anything of another partner', async () => {
  for (const [report, period, partners] of [
    ['monthly-summary', '2026-03'],
    ['reseller-weekly', '2026-W13'],
    ['usage-reconciliation', '2026-Q1'],
    ['leads-timeline', '2026-03', all],
    ['license-export', '2025', all],
  ] as const)
    expect((await run(report, period, partners)).status, report).toBe('succeeded')
  // revisions, which say what changed
  await sql`update commissions set amount = amount + 100 where kind = 'commission' and earned_at > '2026-02-01'`.execute(
    database.db,
  )
  await sql`update usage_events set quantity = quantity + 1`.execute(database.db)
  for (const [report, period] of [
    ['monthly-summary', '2026-03'],
    ['usage-reconciliation', '2026-Q1'],
  ] as const)
    expect((await run(report, period)).status, `${report} again`).toBe('succeeded')
  expect(works.failures).toEqual([])

  const said = await saidToEach()
  for (const { partner, what, text } of said) {
    const heard = PARTNERS.filter((other) => other !== partner && text.includes(markOf(other)))
    expect(heard, `${partner}, ${what}: ${around(text, heard)}`).toEqual([])
  }
  for (const partner of PARTNERS) {
    const own = said.filter((one) => one.partner === partner)
    expect(own.filter(({ text }) => text.includes(markOf(partner))).length, partner).toBeGreaterThan(own.length / 2)
  }
  expect(said.length).toBeGreaterThan(200)
})

const around = (text: string, [heard]: readonly string[]) => {
  const at = heard === undefined ? 0 : text.indexOf(markOf(heard))
  return text.slice(Math.max(0, at - 120), at + 40)
}

interface Said {
  readonly partner: string
  readonly what: string
  /** In small letters and without blanks, for lines break where they like. */
  readonly text: string
}

/** Every sealed document and every part of every mail. */
async function saidToEach(): Promise<Said[]> {
  const { rows } = await sql<{ subject_id: string; report: string; revision: number; sealed: string }>`
    select s.subject_id, r.report, r.revision, s.sealed from statements s join runs r on r.account_id = s.account_id and r.id = s.run_id
    where s.subject_kind = 'partner' and s.sealed is not null`.execute(database.db)
  const sealed = rows.map((row) => saidTo(row.subject_id, `${row.report} r${row.revision}`, row.sealed))
  return [...sealed, ...(await mails())]
}

function saidTo(partnerId: string, what: string, text: string): Said {
  const partner = partnerId.split('-')[0] as string
  return { partner, what, text: withoutNamed(partner, text).replace(/\s/g, '').toLowerCase() }
}

async function mails(): Promise<Said[]> {
  const folder = join(works.home, 'outbox')
  const letters = (await readdir(folder)).filter((name) => name.endsWith('.eml'))
  const parts = letters.map(async (name) => {
    const mail = await PostalMime.parse(await readFile(join(folder, name)))
    const partnerId = all.find((id) => mail.to?.[0]?.address?.startsWith(markOf(id.split('-')[0] as string)))
    if (!partnerId) return []
    const headers = mail.headers.map(({ key, value }) => `${key}: ${value}`).join('\n')
    const attached = mail.attachments.map(async ({ filename, content }) => {
      const bytes = new Uint8Array(content as ArrayBuffer)
      const text = filename?.endsWith('.pdf') ? await textOf(bytes) : Buffer.from(bytes).toString()
      return [saidTo(partnerId, `${mail.subject}: ${filename}`, text), saidTo(partnerId, 'file name', filename ?? '')]
    })
    return [
      saidTo(partnerId, `${mail.subject}: headers`, headers),
      saidTo(partnerId, `${mail.subject}: text`, mail.text ?? ''),
      saidTo(partnerId, `${mail.subject}: html`, mail.html ?? ''),
      ...(await Promise.all(attached)).flat(),
    ]
  })
  return (await Promise.all(parts)).flat()
}

async function textOf(pdf: Uint8Array): Promise<string> {
  const { text, info, pages } = await readPdf(pdf)
  return `${text}\n${JSON.stringify(info)}\n${JSON.stringify(pages.map(({ tree }) => tree))}`
}

/** Without the licences of referred partners that a partner's own commissions name: they are its facts, and its CSV lists them. */
function withoutNamed(partner: string, text: string): string {
  const named = (facts.commissions as readonly Fact[]).flatMap(({ partner_id, license_id }) =>
    partner_id === idOf(partner) && license_id && !license_id.startsWith(`${partner}-`) ? [license_id] : [],
  )
  return named.reduce((left, id) => left.replaceAll(id, ''), text)
}
