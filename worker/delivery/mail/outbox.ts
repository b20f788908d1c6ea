import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { closeToOthers, makePrivate, PRIVATE_FILE } from '../../storage/private-folder.ts'
import { type Answer, readable } from '../outcome.ts'
import type { Transport } from './smtp.ts'

/** Without a server: each mail is a file `<delivery id>.eml`. A repeat writes the same bytes over the same file. */
export function openOutbox(folder: string): Transport {
  const closed = closeToOthers(folder)
  return {
    send: (raw, _envelope, messageId) => closed.then(() => write(folder, raw, messageId)).catch(failed),
    close: async () => {},
  }
}

async function write(folder: string, raw: Buffer, messageId: string): Promise<Answer> {
  const id = /^<([\w.-]+)@/.exec(messageId)?.[1]
  if (!id) return { kind: 'refused', of: 'message', reply: `no file name in Message-ID ${readable(messageId)}` }
  await makePrivate(folder)
  const path = join(folder, `${id}.eml`)
  const file = await open(`${path}.part`, 'w', PRIVATE_FILE)
  try {
    await file.writeFile(raw)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.part`, path)
  return { kind: 'sent', reply: `written to outbox/${id}.eml` }
}

const failed = (error: Error): Answer => ({ kind: 'retry', reply: readable(error.message) })
