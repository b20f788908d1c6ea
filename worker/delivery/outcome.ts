/**
 * What a server's answer to one attempt says by itself. `refused`: for good, `recipient` told that the address is, `message`
 * that this mail is. `doubtful`: the same, if the server takes mail for others at all. `unknown`: lost after the final dot.
 * `misconfigured`: it speaks of us, and no mail of ours can pass. `slowed`: it speaks of how much we send. `at` says who was
 * being spoken of when it came: `anybody` before a recipient was named.
 */
export type Answer =
  | { readonly kind: 'sent' | 'retry' | 'unknown'; readonly reply: string }
  | { readonly kind: 'refused'; readonly of: Culprit; readonly reply: string }
  | { readonly kind: 'doubtful'; readonly of: Culprit; readonly reply: string }
  | { readonly kind: 'misconfigured' | 'slowed'; readonly at: 'anybody' | 'recipient'; readonly reply: string }

type Culprit = 'recipient' | 'message'

/**
 * What became of one attempt (docs/operating.md, When mail fails), with all that the server has said to others. What has an `until` burns nothing: the
 * mail comes back then, as if it had not been tried.
 */
export type MailOutcome =
  | { readonly kind: 'sent' | 'retry' | 'unknown'; readonly reply: string }
  | { readonly kind: 'refused'; readonly of: Culprit; readonly reply: string }
  | { readonly kind: 'misconfigured' | 'slowed' | 'doubtful'; readonly until: Date; readonly reply: string }

/** One line without control characters, short enough for a list. */
export function readable(reply: string): string {
  return reply
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, 500)
}

/** The same for a log, which carries no addresses (docs/operating.md, Watching it): those of the reply are left out, and the name before the @ of `to`. */
export function withoutAddresses(reply: string, to = ''): string {
  const without = reply.replace(ADDRESS, '…')
  const local = to.slice(0, Math.max(0, to.lastIndexOf('@'))).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return local ? without.replace(new RegExp(`(?<![\\p{L}\\p{N}])${local}(?![\\p{L}\\p{N}])`, 'giu'), '…') : without
}

/** Also as they stand in a bounce address or a link: `ann=40x.example`, `ann%40x.example`, `ann=x.example@relay`. */
const ADDRESS = /"[^"]*"@[^\s<>()[\],;:]+|[^\s<>()[\],;:"']*(?:@|=40|%40)[^\s<>()[\],;:"']+/giu
