/** Embeddings, overrides and isolates: what turns a name's order round. Marks (LRM, RLM, ALM) stay, they only hint. */
const ORDER_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/gu
const WHITE = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu
const INVISIBLE =
  /[\p{Cc}\p{Noncharacter_Code_Point}\u00ad\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu
const LONE_SURROGATE = /\p{Surrogate}/gu
const PLAIN = /^[ -~]*$/ // printable ASCII is what most texts are

/** A text as it may be shown on one line: no control, nothing that reverses its neighbours, no half characters. */
export function clean(text: string): string {
  if (PLAIN.test(text)) return text
  return text
    .replace(WHITE, ' ')
    .replace(INVISIBLE, '')
    .replace(ORDER_CONTROLS, '')
    .replace(LONE_SURROGATE, '\ufffd')
    .normalize('NFC')
}

/** Parts of one line with dots between them; left-to-right marks keep an Arabic part from turning the others round. */
export const dotted = (parts: readonly string[]): string => `\u200e${parts.join('\u200e · \u200e')}\u200e`
