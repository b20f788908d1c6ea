import { sha256Of } from '../../db/values/sha256.ts'
import type { Subject } from '../../templates/statement.ts'

/** The subject's id in the ledger, unique beside its kind. */
export function subjectId(subject: Subject): string {
  if (subject.kind === 'partner') return subject.partner_id
  return subject.kind === 'funnel' ? String(subject.funnel_id) : 'account'
}

/**
 * The subject's name in file names (docs/definitions.md, Names of files): the id, percent-encoded where a file name needs it. No two subjects of an account
 * share one, and every system takes it, Windows too. With `alike`, ids that others have but for the case of their letters,
 * not even there where case does not count.
 */
export function subjectName(subject: { kind: string; id: string } | Subject, alike?: ReadonlySet<string>): string {
  const id = 'id' in subject ? subject.id : subjectId(subject)
  if (subject.kind === 'account') return 'account'
  if (subject.kind === 'funnel') return `funnel-${id}`
  const isAlike = alike?.has(id) ?? false
  const isTaken = TAKEN.test(id)
  const dots = /^\.*/.exec(id)?.[0].length ?? 0 // they would hide the file, or leave the folder
  const chars = [...id].map((char, i) =>
    i < dots || (i === 0 && isTaken) || (isAlike && /[A-Z]/.test(char)) ? hex(char) : escapedChar(char),
  )
  return shortened(chars, id)
}

/** Names of the account's and its funnels' own files, and of Windows' devices, which no ending frees. */
const TAKEN = /^(?:account|funnel-\d+|con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

const escapedChar = (char: string) => encodeURIComponent(char).replaceAll('*', '%2A')

const hex = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`

/** File systems take 255 bytes; endings come on top. */
const LONGEST = 200

/** The beginning and a hash behind a `+`, which no escaped id has. */
function shortened(chars: readonly string[], id: string): string {
  const name = chars.join('')
  if (name.length <= LONGEST) return name
  const hash = sha256Of(id).slice(0, 16)
  let beginning = ''
  for (const char of chars) {
    if (beginning.length + char.length > LONGEST - 1 - hash.length) break
    beginning += char
  }
  return `${beginning}+${hash}`
}
