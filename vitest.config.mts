import { defineConfig } from 'vitest/config';

// In CI also annotations for GitHub and a JUnit file; the closing line always, and last.
const inCi = Boolean(process.env['CI']);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: [
      'default',
      ...(inCi ? ['github-actions', 'junit'] : []),
      './tools/closing-line-reporter.mjs',
    ],
    outputFile: { junit: 'test-results/junit.xml' },
  },
});
