import canonicalizeModule from 'canonicalize'

// The package is CommonJS with a default export that its types describe as a module.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined

/** RFC 8785: the same value is the same text. */
export function canonicalForm(value: unknown): string {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('a statement has no canonical form: it is undefined')
  return text
}
