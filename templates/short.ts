const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' })

/** A name that is known by its beginning, at most so many letters: headers and titles are no place for 5,000. */
export function short(text: string, most = 120): string {
  if (text.length <= most) return text
  const letters = Array.from(graphemes.segment(text.slice(0, most * 16)), ({ segment }) => segment)
  const fewer =
    letters.length > most
      ? `${letters
          .slice(0, most - 1)
          .join('')
          .trimEnd()}…`
      : text
  return fewer.length <= most * 8 ? fewer : `${fewer.slice(0, most).replace(/\p{Surrogate}/gu, '')}…` // a letter under a thousand marks
}
