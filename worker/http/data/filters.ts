import { z } from 'zod'

/** One object of a `filters` parameter. */
export interface Filter<Field extends string, Operator extends string> {
  readonly field: Field
  readonly operator: Operator
  readonly value: string
}

/** Which operators go with which field. */
type Rules<Field extends string, Operator extends string> = Readonly<Record<Field, readonly Operator[]>>

const MAX_FILTERS = 20

/** The `filters` parameter: a JSON array of `{field, operator, value}`, all of which must hold; an empty one is no filter. */
export const filters = <Field extends string, Operator extends string>(rules: Rules<Field, Operator>) =>
  z
    .string({ error: 'expected a JSON array of {field, operator, value}' })
    .max(10_000, { error: 'expected at most 10000 characters' })
    .transform((text, context): Filter<Field, Operator>[] => {
      const found = parse(text, rules)
      if (typeof found !== 'string') return found
      context.addIssue({ code: 'custom', message: found })
      return z.NEVER
    })
    .meta({ type: 'string', contentMediaType: 'application/json', description: describe(rules) })

/** The filters, or what was expected of them. */
function parse<Field extends string, Operator extends string>(text: string, rules: Rules<Field, Operator>) {
  const list = jsonOf(text)
  if (!Array.isArray(list)) return 'expected a JSON array of {field, operator, value}'
  if (list.length > MAX_FILTERS) return `expected at most ${MAX_FILTERS} filters`
  for (const [index, filter] of list.entries()) {
    const wrong = complaint(filter, rules)
    if (wrong) return `filter ${index + 1}: ${wrong}`
  }
  return list as Filter<Field, Operator>[]
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function complaint(filter: unknown, rules: Rules<string, string>): string | undefined {
  if (filter === null || typeof filter !== 'object' || Array.isArray(filter)) return 'expected {field, operator, value}'
  const { field, operator, value, ...more } = filter as Record<string, unknown>
  if (Object.keys(more).length > 0) return 'expected field, operator and value only'
  const operators = typeof field === 'string' && Object.hasOwn(rules, field) ? rules[field] : undefined
  if (!operators) return `expected field to be one of ${Object.keys(rules).join(', ')}`
  if (typeof operator !== 'string' || !operators.includes(operator))
    return `expected operator of ${field} to be one of ${operators.join(', ')}`
  if (typeof value !== 'string' || value.includes('\0')) return 'expected value to be text without NUL characters'
  return undefined
}

const describe = (rules: Rules<string, string>): string =>
  `JSON array of {field, operator, value}. ${Object.entries(rules)
    .map(([field, operators]) => `${field}: ${operators.join(', ')}`)
    .join('; ')}.`
