import PostalMime, { type Address } from 'postal-mime'
import type { Delivery } from '../../../db/ledger/deliveries/delivery.ts'
import { MissingFile, type Storage } from '../../storage/storage.ts'
import { HttpProblem, notFound } from '../shared/problem.ts'

/** The head of a mail as it was sent. */
interface MailHead {
  readonly subject: string
  readonly from: string
  readonly to: string
  readonly date: string | undefined
  readonly messageId: string | undefined
  /** Bytes of the whole mail. */
  readonly size: number
}

/** Undefined fields where the bytes are away: the page says so and goes on. */
export async function readMailHead(
  storage: Pick<Storage, 'get'>,
  delivery: Pick<Delivery, 'mail_sha256'>,
): Promise<Partial<MailHead>> {
  const raw = await storage.get(delivery.mail_sha256 ?? '').catch(() => undefined)
  if (!raw) return {}
  const end = raw.indexOf('\r\n\r\n')
  const { subject, from, to, date, messageId } = await PostalMime.parse(raw.subarray(0, end < 0 ? raw.length : end + 4))
  return {
    subject: subject ?? '',
    from: textOf(from),
    to: (to ?? []).map(textOf).join(', '),
    date,
    messageId,
    size: raw.length,
  }
}

/** The stored bytes of a mail; 404 before it was made, 410 where retention has taken them. */
export async function readMail(storage: Pick<Storage, 'get'>, delivery: Delivery): Promise<Buffer> {
  if (delivery.mail_sha256 === null) throw notFound('mail: none was made for this delivery yet')
  try {
    return await storage.get(delivery.mail_sha256)
  } catch (error) {
    if (error instanceof MissingFile) throw new HttpProblem(410, 'The bytes of this mail are no longer kept.')
    throw error
  }
}

function textOf(address: Address | undefined): string {
  if (!address) return ''
  return address.name ? `${address.name} <${address.address ?? ''}>` : (address.address ?? '')
}
