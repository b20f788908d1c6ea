import { SingleBar } from 'cli-progress'
import type { Io } from './command.ts'

/** How far a long work is, shown on a terminal only. */
interface Progress {
  readonly at: (done: number, words?: string) => void
  readonly stop: () => void
}

export function showProgress({ stderr }: Io, total: number): Progress {
  if (!stderr.isTTY) return { at: () => {}, stop: () => {} }
  const bar = new SingleBar({ format: '{bar} {percentage}% {words}', stream: stderr, hideCursor: true })
  bar.start(total, 0, { words: '' })
  return { at: (done, words = '') => bar.update(Math.min(done, total), { words }), stop: () => bar.stop() }
}
