import { createWriteStream } from 'node:fs'
import { type Account, findAccount } from '../../../db/access/accounts.ts'
import { inSnapshot, openClient } from '../../../db/connection/client.ts'
import { streamLicenseCsv } from '../../../db/queries/license-csv.ts'
import { answerQuestions } from '../child.ts'

export interface CsvQuestion {
  readonly url: string
  readonly file: string
  readonly from: string
  readonly to: string
}
export interface CsvAnswer {
  readonly ms: number
  readonly rows: number
  /** The most that was ever resident, in MB. */
  readonly peakMb: number
}

/** The licence export as the report streams it, into a file. */
answerQuestions(async ({ url, file, from, to }: CsvQuestion): Promise<CsvAnswer> => {
  const client = openClient(url)
  const account = (await findAccount(client.db, 1)) as Account
  const selection = { asOf: new Date(to), from: new Date(from), to: new Date(to) }
  const began = performance.now()
  const { rows } = await inSnapshot(client.db, (snapshot) =>
    streamLicenseCsv(snapshot, account, selection, createWriteStream(file)),
  )
  const ms = performance.now() - began
  await client.close()
  return { ms, rows, peakMb: process.resourceUsage().maxRSS / 1024 }
})
