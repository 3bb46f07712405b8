import { defineConfig } from 'vitest/config';

const root = import.meta.dirname;

export default defineConfig({
  resolve: {
    alias: [
      { find: /^skep$/, replacement: `${root}/src/index.ts` },
      { find: /^skep\/client$/, replacement: `${root}/src/client/index.ts` },
      { find: /^skep\/coordination$/, replacement: `${root}/src/coordination/index.ts` },
      { find: /^skep\/discovery$/, replacement: `${root}/src/discovery/index.ts` },
      { find: /^skep\/catalog$/, replacement: `${root}/src/catalog/index.ts` },
      { find: /^skep\/fleet$/, replacement: `${root}/src/fleet/index.ts` },
      { find: /^skep\/testing$/, replacement: `${root}/src/testing/index.ts` },
      { find: /^skep\/raft$/, replacement: `${root}/src/raft/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
