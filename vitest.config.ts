import { defineConfig } from 'vitest/config';
import { recordedTests } from './test/fidelity/recorded-tests.js';
import { TableReporter } from './test/fidelity/table-reporter.js';

// Built packages are loaded by Node itself, not by vite: the SDK then exists once, also for extensions bundled during a test.
const built = /\/packages\/[^/]+\/dist\//;

const shared = {
  environment: 'node' as const,
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  server: { deps: { external: [built] } },
};

export default defineConfig({
  test: {
    globalSetup: ['test/build-packages.ts'],
    maxWorkers: 2,
    reporters: ['default', new TableReporter()],
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts', 'examples/*/test/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/fidelity/full/**', 'test/compat/**'],
        },
      },
      { test: { ...shared, name: 'compat', include: ['test/compat/**/*.test.ts'] } },
      {
        test: {
          ...shared,
          name: 'fidelity',
          include: ['test/fidelity/full/**/*.test.ts', ...Object.keys(recordedTests)],
          testTimeout: 600_000,
        },
      },
    ],
  },
});
