/** Attachments of one mail together, counted after base64. */
export const ATTACHMENT_LIMIT = 10 * 1024 * 1024

/** Which files fit into the mail, in order; the others become links. */
export function splitFiles<F extends { readonly size: number }>(
  files: readonly F[],
  limit = ATTACHMENT_LIMIT,
): { attached: F[]; linked: F[] } {
  const attached: F[] = []
  const linked: F[] = []
  let total = 0
  for (const file of files) {
    const fits = total + base64Size(file.size) <= limit
    if (fits) total += base64Size(file.size)
    ;(fits ? attached : linked).push(file)
  }
  return { attached, linked }
}

/** Bytes of a file as base64 in lines of 76 characters. */
export function base64Size(size: number): number {
  const characters = Math.ceil(size / 3) * 4
  return characters + Math.ceil(characters / 76) * 2
}
