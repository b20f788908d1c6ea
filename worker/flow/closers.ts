/** Whoever opens a thing registers its closing here; they close in the opposite order, each even if another fails. */
export interface Closers {
  readonly add: (close: () => unknown) => void
  readonly close: () => Promise<void>
}

export function createClosers(onError: (error: unknown) => void): Closers {
  const closers: (() => unknown)[] = []
  return {
    add: (close) => void closers.push(close),
    close: async () => {
      for (let close = closers.pop(); close; close = closers.pop()) {
        try {
          await close()
        } catch (error) {
          onError(error)
        }
      }
    },
  }
}
