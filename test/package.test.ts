import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildIfMissing } from './support/cli-process.js';

const root = join(import.meta.dirname, '..');

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

describe('the package', () => {
  let paths: string[] = [];
  beforeAll(() => {
    buildIfMissing();
    const told = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [packed] = JSON.parse(told) as Packed[];
    paths = packed?.files.map(({ path }) => path) ?? [];
  });

  it('carries what it needs to run and to be read, and nothing else', () => {
    const places = new Set(paths.map((path) => path.split('/')[0]));
    expect([...places].sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'package.json', 'proto'].sort(),
    );
    expect(paths).toContain('dist/main.js');
    const kinds = paths
      .filter((path) => path.startsWith('dist/'))
      .map((path) => /(?:\.d\.ts|\.js(?:\.map)?)$/.exec(path)?.[0]);
    expect(new Set(kinds)).toEqual(new Set(['.js', '.d.ts', '.js.map']));
  });

  it('has a source map with its sources beside every module', () => {
    const without = paths.filter((path) => {
      if (!path.endsWith('.js')) return false;
      if (!paths.includes(`${path}.map`)) return true;
      const map = readFileSync(join(root, `${path}.map`), 'utf8');
      const { sourcesContent } = JSON.parse(map) as { sourcesContent?: unknown[] };
      return sourcesContent?.every((content) => typeof content === 'string') !== true;
    });
    expect(without).toEqual([]);
  });

  it('says where its source is and where to report what is wrong with it', () => {
    const told = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(told).toMatchObject({
      homepage: 'https://github.com/skep/skep#readme',
      bugs: 'https://github.com/skep/skep/issues',
      repository: { type: 'git', url: 'git+https://github.com/skep/skep.git' },
    });
  });
});
