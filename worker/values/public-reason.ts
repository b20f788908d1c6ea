const LONGEST = 200

/** What went wrong, for anybody who asks: without addresses and names, which stay in the log. */
export function publicReason(error: Error & { readonly code?: string }): string {
  const said = error.message || error.code || error.name
  return said
    .replace(/(E[A-Z_]{4,}) \S+/g, '$1')
    .replace(/ ?\b(\d{1,3}\.){3}\d{1,3}(:\d+)?/g, '')
    .replace(/ ?"[^"]*"/g, '')
    .replace(/\s+/g, ' ')
    .slice(0, LONGEST)
}
