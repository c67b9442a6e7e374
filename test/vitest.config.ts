// Unit tests run side by side; those of the lab one file after another, since they share its interfaces.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    globalSetup: ['test/namespace-required.ts'],
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
          // Python renders templates in one, which takes its time on a busy machine.
          hookTimeout: 30_000,
          // The default of one second is too short on a busy machine.
          expect: { poll: { timeout: 5000 } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: 5000 } },
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
