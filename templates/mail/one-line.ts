/**
 * Text from facts on one line: no control character, line end or invisible direction override of a name gets into a
 * header, or moves the text around it.
 */
export const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim()
