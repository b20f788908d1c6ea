/** The embedded PostgreSQL cannot be had; the message says why and what to do. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError'
}

/** What PostgreSQL's programs complained about, out of all that they said. */
export function complaints(said: string): string {
  const lines = said.split('\n').flatMap((line) => /(?:FATAL|PANIC|DETAIL|HINT|error):\s+(.*)/.exec(line)?.[1] ?? [])
  return lines.join('; ')
}
