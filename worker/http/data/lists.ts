import { z } from 'zod'
import { rowBatches } from '../../../db/queries/data/batches.ts'
import {
  findLicensePage,
  type LicenseRow,
  type LicenseStatus,
  type Program,
} from '../../../db/queries/data/licenses.ts'
import type { Sql } from '../../../db/queries/definitions.ts'
import { choice, inOrder, integer, range } from '../shared/schemas.ts'
import { cursor, cursorOf } from './cursor.ts'
import { type Endpoint, type OnePartner, partnerEndpoint } from './endpoint.ts'
import { type Named, spanOf } from './families.ts'
import { string } from './shapes.ts'
import { answerList } from './stream.ts'

interface ListOf<Query extends z.ZodObject, Row, Item extends z.ZodType> extends Named {
  readonly query?: Query
  readonly item: Item
  /** The query of all rows, in order. */
  readonly rows: (scope: OnePartner, query: z.output<Query>) => Sql | Promise<Sql>
  readonly shape: (row: Row, scope: OnePartner) => z.output<Item>
}

/** `{result: […]}`: all rows in one answer, however many. */
export function listOf<Query extends z.ZodObject, Row, Item extends z.ZodType>({
  rows,
  shape,
  item,
  query,
  ...entry
}: ListOf<Query, Row, Item>): Endpoint {
  return partnerEndpoint<z.ZodObject, undefined, undefined, z.ZodType>({
    ...entry,
    long: true,
    query: query ?? z.object({}),
    answer: z.object({ result: z.array(item) }),
    handle: async ({ scope, query, reply }) => {
      const statement = await rows(scope, query as z.output<Query>)
      return answerList(reply, rowBatches<Row>(scope.db, statement), (row) => shape(row, scope))
    },
  })
}

interface LicensesByStatus<Item extends z.ZodType> extends Named {
  readonly program: Program
  readonly item: Item
  readonly shape: (row: LicenseRow, scope: OnePartner) => z.output<Item>
}

/** `{results, next_cursor}`: licences in one status, created in a range, newest first, by cursor. */
export function licensesByStatus<Item extends z.ZodType>({ program, item, shape, ...entry }: LicensesByStatus<Item>) {
  const query = z.object({ ...range(), limit: integer(1, 15).default(15), next_cursor: cursor().optional() })
  return partnerEndpoint<typeof query, typeof STATUS, undefined, z.ZodType>({
    ...entry,
    query: inOrder(query, 'date_from', 'date_to'),
    params: STATUS,
    answer: z.object({ results: z.array(item), next_cursor: string() }),
    handle: async ({ scope, query, params }) => {
      const filter = { program, created: spanOf(query), status: params.status as LicenseStatus }
      const page = await findLicensePage(scope, filter, { limit: query.limit, after: query.next_cursor })
      return { results: page.rows.map((row) => shape(row, scope)), next_cursor: cursorOf(page.next) }
    },
  })
}

const STATUS = z.object({ status: choice(['trial', 'paid', 'expired']) })
