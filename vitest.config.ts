import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/fixtures/**', 'test/apps/**', '**/node_modules/**'],
    // What is tested is text, whatever the terminal or the CI service asks for.
    env: { NO_COLOR: '1', FORCE_COLOR: '' },
    globalSetup: 'test/support/global-setup.ts',
    // For what hangs. How long something takes says nothing on a machine that others use, too.
    testTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // What a file needs may have to be installed first, while other files have the machine.
    hookTimeout: 600_000,
    // Real processes on few cores: more files at once only make each other slow.
    maxWorkers: 2,
  },
});
