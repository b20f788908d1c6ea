import type { FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Account } from '../../../db/access/accounts.ts'
import type { Writer } from '../../../db/connection/client.ts'
import type { PartnerProfile } from '../../../db/queries/data/partner.ts'
import type { ActingScope } from '../../../db/queries/data/scope.ts'
import type { STREAMED } from './stream.ts'

type Fields = z.ZodObject
type Out<T> = T extends z.ZodType ? z.output<T> : Record<string, never>

/** What a handler is given: parsed parameters, and a transaction inside the walls of whoever asks. */
interface Call<Scope, Query, Params, Body> {
  readonly scope: Scope
  readonly query: Query
  readonly params: Params
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** One partner's endpoint: the scope, and the partner itself. */
export interface OnePartner extends ActingScope {
  readonly partner: PartnerProfile
}

/** An endpoint over a whole account. */
export interface WholeAccount {
  readonly db: Writer
  readonly account: Account
  readonly now: Date
}

interface Entry<Query, Params, Body, Answer> {
  /** As contract/endpoints.json names it. */
  readonly id: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly aliases?: readonly string[]
  readonly summary: string
  /** Other than a partner's own reading: an account's key does not open it. */
  readonly write?: true
  readonly status?: 200 | 201 | 204
  readonly query?: Query
  readonly params?: Params
  readonly body?: Body
  /** What is answered with JSON; left out where there is no body, or a file. */
  readonly answer?: Answer
  /** May hold a connection for as long as its reader reads. */
  readonly long?: true
  /** The type of a file, where one is answered. */
  readonly file?: string
}

interface PartnerEntry<Query, Params, Body, Answer> extends Entry<Query, Params, Body, Answer> {
  readonly handle: (call: Call<OnePartner, Out<Query>, Out<Params>, Out<Body>>) => Promise<Handled<Answer>>
}

interface AccountEntry<Query, Params, Body, Answer> extends Entry<Query, Params, Body, Answer> {
  readonly handle: (call: Call<WholeAccount, Out<Query>, Out<Params>, Out<Body>>) => Promise<Handled<Answer>>
}

/** What the schema of the answer takes, or that a stream was sent. */
type Handled<Answer> = (Answer extends z.ZodType ? z.output<Answer> : unknown) | typeof STREAMED

/** An entry of the table, its types forgotten: the schemas have done their work. */
export type Endpoint = Entry<Fields, Fields, Fields, z.ZodType> &
  (
    | { readonly of: 'partner'; readonly handle: (call: Call<OnePartner, never, never, never>) => Promise<unknown> }
    | { readonly of: 'account'; readonly handle: (call: Call<WholeAccount, never, never, never>) => Promise<unknown> }
  )

/** An endpoint of one partner: its own key, or its account's with `?partner_id=`. */
export function partnerEndpoint<
  Query extends Fields | undefined = undefined,
  Params extends Fields | undefined = undefined,
  Body extends Fields | undefined = undefined,
  Answer extends z.ZodType | undefined = undefined,
>(entry: PartnerEntry<Query, Params, Body, Answer>): Endpoint {
  return { ...entry, of: 'partner' } as unknown as Endpoint
}

/** An endpoint of a whole account, for its own key alone. */
export function accountEndpoint<
  Query extends Fields | undefined = undefined,
  Params extends Fields | undefined = undefined,
  Answer extends z.ZodType | undefined = undefined,
>(entry: AccountEntry<Query, Params, undefined, Answer>): Endpoint {
  return { ...entry, of: 'account' } as unknown as Endpoint
}
