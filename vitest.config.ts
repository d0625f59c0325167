import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const exclude = ['**/node_modules/**', '**/dist/**', '**/.wasl/**'];
const shared = {
  root,
  resolve: { conditions: ['wasl-source'] },
  ssr: { resolve: { conditions: ['wasl-source', 'node'] } },
};
const base = { exclude, environment: 'node' as const, env: { TZ: 'UTC' } };

// The suffix of a spec says what it costs: unit specs touch neither PostgreSQL nor Kafka.
export default defineConfig({
  ...shared,
  test: {
    projects: [
      { ...shared, test: { ...base, name: 'unit', include: ['**/*.spec.ts'], testTimeout: 30_000 } },
      {
        ...shared,
        test: {
          ...base,
          name: 'integration',
          include: ['**/*.int-spec.ts'],
          globalSetup: ['libs/testing/src/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          pool: 'forks',
          maxWorkers: 2,
        },
      },
      {
        ...shared,
        test: {
          ...base,
          name: 'e2e',
          include: ['**/*.e2e-spec.ts'],
          globalSetup: ['libs/testing/src/global-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          pool: 'forks',
          maxWorkers: 1,
        },
      },
    ],
  },
});
