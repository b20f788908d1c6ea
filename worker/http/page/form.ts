/** One field of a query or of a form, trimmed; '' for what is missing or repeated. PostgreSQL has no place for NUL in text. */
export function fieldOf(from: unknown, name: string): string {
  const value = typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined
  return typeof value === 'string' ? value.replaceAll('\0', '').trim() : ''
}

/** The same, undefined where it is empty. */
export const optionOf = (from: unknown, name: string): string | undefined => fieldOf(from, name) || undefined

/** A field that has to be one of these; undefined otherwise. */
export function choiceOf<Choice extends string>(
  from: unknown,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === fieldOf(from, name))
}

/** The entries of a text field, one a line. */
export const linesOf = (from: unknown, name: string): string[] =>
  fieldOf(from, name)
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** An address of ours with those parameters that say something. */
export function linkTo(path: string, parameters: Readonly<Record<string, string | number | undefined>>): string {
  const told = Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  const query = new URLSearchParams(told).toString()
  return query ? `${path}?${query}` : path
}
