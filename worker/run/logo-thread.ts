import { parentPort, Worker, workerData } from 'node:worker_threads'
import { LogoError, scaleLogo } from './logo-scale.ts'

/** A large logo is seconds of reckoning: a thread of its own does it, so that mails go out and timers fire meanwhile. */
export function scaleInThread(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((done, fail) => {
    const thread = new Worker(new URL(import.meta.url), { workerData: bytes })
    thread.on('message', ({ scaled, problem }: Told) => (scaled ? done(scaled) : fail(new LogoError(problem))))
    thread.on('error', fail)
    thread.on('exit', () => fail(new LogoError('expected an image that fits into memory')))
  })
}

interface Told {
  readonly scaled?: Uint8Array
  readonly problem?: string
}

if (parentPort && workerData instanceof Uint8Array) parentPort.postMessage(told(workerData))

function told(bytes: Uint8Array): Told {
  try {
    return { scaled: scaleLogo(bytes) }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}
