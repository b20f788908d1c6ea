import { z } from 'zod'
import type { Position } from '../../../db/queries/data/licenses.ts'

const SHAPE = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}) (.+)$/s

/** A cursor of ours out of a query: base64 of the last row's time and id (docs/data-api.md, Choices); anything else is refused. */
export const cursor = () =>
  z
    .string({ error: 'expected a next_cursor of an earlier answer' })
    .max(2000, { error: 'expected a next_cursor of an earlier answer' })
    .transform((value, context): Position => {
      const position = positionOf(value)
      if (position) return position
      context.addIssue({ code: 'custom', message: 'expected a next_cursor of an earlier answer' })
      return z.NEVER
    })
    .meta({ type: 'string' })

/** The other way; an empty string at the end. */
export function cursorOf(position: Position | undefined): string {
  return position ? Buffer.from(`${position.at} ${position.id}`).toString('base64') : ''
}

function positionOf(value: string): Position | undefined {
  const [, at = '', id = ''] = SHAPE.exec(Buffer.from(value, 'base64').toString()) ?? []
  const isTime = !Number.isNaN(Date.parse(`${at.replace(' ', 'T').slice(0, 23)}Z`))
  return isTime && !id.includes('\0') && cursorOf({ at, id }) === value ? { at, id } : undefined
}
