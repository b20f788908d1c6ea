import type SMTPPool from 'nodemailer/lib/smtp-pool'

export type Outgoing = Parameters<SMTPPool['send']>[0]

/** What nodemailer keeps to itself, and offers no other way to learn before a mail is on its way. */
interface Insides {
  readonly _connections?: readonly {
    readonly queueEntry?: { readonly mail: unknown } | false
    readonly connection?: { readonly _supportedExtensions?: readonly string[] }
  }[]
}

/** Whether the server at the other end of the connection that a mail was given to takes addresses beyond ASCII (RFC 6531). */
export function offersUtf8(pool: SMTPPool, mail: Outgoing): boolean {
  const { _connections: connections = [] } = pool as unknown as Insides
  const own = connections.find(({ queueEntry }) => queueEntry && queueEntry.mail === mail)
  return own?.connection?._supportedExtensions?.includes('SMTPUTF8') ?? false
}
