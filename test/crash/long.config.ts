import { defineConfig } from 'vitest/config'

/** The long form of the crash tests: `npm run crashtest`. */
export default defineConfig({
  test: {
    include: ['test/crash/long.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
  },
})
