import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildIfMissing } from './support/cli-process.js';

const root = join(import.meta.dirname, '..');

describe('the package', () => {
  it('carries no notes of the compiler, and source maps with their sources', () => {
    buildIfMissing();
    const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [{ files } = { files: [] }] = JSON.parse(told) as { files: { path: string }[] }[];
    const paths = files.map(({ path }) => path);
    expect(paths).toContain('dist/main.js');
    expect(paths.filter((path) => path.endsWith('.tsbuildinfo'))).toEqual([]);
    const maps = paths.filter((path) => path.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    const without = maps.filter((path) => {
      const { sourcesContent } = JSON.parse(readFileSync(join(root, path), 'utf8')) as { sourcesContent?: unknown[] };
      return sourcesContent?.every((content) => typeof content === 'string') !== true;
    });
    expect(without).toEqual([]);
  });
});
