import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(import.meta.dirname, '../../src');

/** Every file that is loaded with a file, by its imports that are neither of types alone nor dynamic. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  for (const [, typeOnly, specifier = ''] of text.matchAll(/^(?:import|export)( type)? [^'";]*?from '(\.[^']+)'/gm)) {
    const target = join(file, '..', specifier.replace(/\.js$/, '.ts'));
    if (typeOnly === undefined && existsSync(target)) loadedWith(target, seen);
  }
  return seen;
}

describe('a manager without engines', () => {
  it('loads nothing that drives engines or makes tasks', () => {
    const files = [...loadedWith(join(src, 'daemon/manager.ts'))].map((file) => relative(src, file));
    expect(files).toContain('daemon/leader-loops.ts');
    expect(files.length).toBeGreaterThan(50);
    // The command line tells the errors of engines apart; that file has nothing else.
    const heavy = /^(?:fleet|docker)\/(?!engine\/errors\.ts$)|^orchestrate\/(?:loop|control)\//;
    expect(files.filter((file) => heavy.test(file))).toEqual([]);
  });
});
