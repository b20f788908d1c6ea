import type { Socket } from 'node:net'

/** In the time of the setting; a telephone on the slowest net takes more. */
const LEAST_BYTES = 256 * 1024

/**
 * Cuts a reader off that takes less than 256 KB in so long although there is more for it: what it reads from is a
 * database connection that others need. A source that is slow itself cuts nobody off. Gives back what ends the watch.
 */
export function cutOffSlowReader(socket: Socket, milliseconds: number): () => void {
  let before = takenFrom(socket)
  const timer = setInterval(() => {
    const now = takenFrom(socket)
    const isWaiting = socket.writableLength > 0
    if (isWaiting && now - before < LEAST_BYTES) socket.destroy()
    before = now
  }, milliseconds)
  const stop = () => clearInterval(timer)
  socket.once('close', stop)
  return () => {
    stop()
    socket.off('close', stop)
  }
}

/** Bytes that have left for the reader, and not only been put into the queue. */
const takenFrom = (socket: Socket): number => socket.bytesWritten - socket.writableLength
