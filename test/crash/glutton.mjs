/** Preloaded into the child process of a test, never part of the product: on SIGUSR2 it takes memory until there is none. */
process.on('SIGUSR2', () => {
  const eaten = []
  for (;;) eaten.push(new Array(1_000_000).fill(eaten.length))
})
