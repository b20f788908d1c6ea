import { InvalidArgumentError } from 'commander'
import { readInstant } from '../values/instants.ts'

export function parseAccount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('expected an account number such as 1')
  return Number(text)
}

/** An ISO 8601 instant with offset or Z. */
export function parseInstant(text: string): Date {
  const instant = readInstant(text)
  if (!instant) throw new InvalidArgumentError('expected an instant such as 2026-11-01T00:00:00Z')
  return instant
}

export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value]

/** Of commands that mail, link or keep files. */
export const ADOPT: [flags: string, description: string] = [
  '--adopt-settings',
  'make the mail, secret, address and storage of this environment those of the installation',
]
