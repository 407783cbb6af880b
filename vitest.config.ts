import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**', 'test/apps/**', '**/node_modules/**'],
    // What is tested is text, whatever the terminal or the CI service asks for.
    env: { NO_COLOR: '1', FORCE_COLOR: '' },
    testTimeout: 30_000,
    hookTimeout: 120_000,
    // Real processes on few cores: more files at once only make each other slow.
    maxWorkers: 2,
  },
});
