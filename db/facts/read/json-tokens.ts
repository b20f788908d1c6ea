/** The tokens of a JSON text: signs, strings with their quotes, other words. What is no JSON comes out as odd words. */
export function tokensOf(text: string): string[] {
  const tokens: string[] = []
  for (let at = afterSpace(text, 0); at < text.length; at = afterSpace(text, at)) {
    const end = text[at] === '"' ? stringEnd(text, at) : isSign(text.charCodeAt(at)) ? at + 1 : wordEnd(text, at)
    tokens.push(text.slice(at, end))
    at = end
  }
  return tokens
}

function afterSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

/** Behind the closing quote; the end of the text where there is none. */
function stringEnd(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let escapes = 0
    while (text[quote - 1 - escapes] === '\\') escapes++
    if (escapes % 2 === 0) return quote + 1
  }
  return text.length
}

function wordEnd(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && !isSign(text.charCodeAt(at)) && !isSpace(text.charCodeAt(at)) && text[at] !== '"') at++
  return at
}

const isSpace = (code: number) => code === 32 || code === 9 || code === 13
const SIGNS = new Set([...'{}[]:,'].map((sign) => sign.charCodeAt(0)))
const isSign = (code: number) => SIGNS.has(code)
