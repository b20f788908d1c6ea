/** Watches the event loop: the longest time for which a timer that wanted to fire could not. */
export function watchLoop(): { readonly longestGapMs: () => number } {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 1)
    last = now
  }, 1)
  return {
    longestGapMs: () => {
      clearInterval(timer)
      return longest
    },
  }
}
