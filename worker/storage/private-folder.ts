import { chmod, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Statements and mails hold figures and addresses: nobody else on the machine reads them. */
export const PRIVATE_FILE = 0o600
const PRIVATE_FOLDER = 0o700

/** Makes a folder, and what is missing from `top` down to it, for this user alone; what is above stays as it would be. */
export async function makePrivate(folder: string, top = folder): Promise<void> {
  await mkdir(dirname(top), { recursive: true })
  await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
}

/** A folder that an earlier version made is closed to others; who shares it by a group keeps it. */
export async function closeToOthers(folder: string): Promise<void> {
  const { mode = 0 } = await stat(folder).catch(() => ({ mode: 0 }))
  if (mode & 0o007) await chmod(folder, mode & 0o7770).catch(() => {}) // somebody else's folder, or a disk without modes
}
