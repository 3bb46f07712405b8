import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { objectsPage } from '../scripts/objects-page.js';
import { withFreePorts } from './support/snippets.js';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
].filter((name) => name.endsWith('.md'));

interface Snippet {
  readonly page: string;
  readonly number: number;
  readonly code: string;
}

const snippets: Snippet[] = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = ''], i) => ({
    page,
    number: i + 1,
    code,
  })),
);

/** What a snippet says that it prints: the comments behind its `console.log`s, or below it. */
function promised(code: string): string[] {
  return code.split('\n').flatMap((line) => {
    const [, comment] =
      /(?:console\.log\(.*\);|^\s*)\/\/ (.+)$/.exec(line.replace(/console\.log\((.*)\); \/\/ /, 'console.log();// ')) ??
      [];
    return comment === undefined ? [] : [comment];
  });
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(root, 'test/.snippets-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the documentation', () => {
  it('has snippets', () => {
    expect(snippets.length).toBeGreaterThan(4);
  });

  it.each(snippets)('runs what $page shows ($number)', async ({ page, number, code }) => {
    const file = join(folder, `${page.replaceAll(/\W/g, '-')}-${number}.ts`);
    writeFileSync(file, await withFreePorts(code));
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => {
      printed.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '));
    });
    const quiet = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      await import(/* @vite-ignore */ file);
    } finally {
      log.mockRestore();
      quiet.mockRestore();
    }
    const plain = (text: string) => text.replaceAll(/[\s'"]/g, '');
    for (const line of promised(code)) expect(printed.map(plain).some((out) => plain(line).startsWith(out))).toBe(true);
    if (code.includes('console.log')) expect(printed.length).toBeGreaterThan(0);
  });

  it('lists every field of every object', () => {
    expect(readFileSync(join(root, 'docs/objects.md'), 'utf8')).toBe(objectsPage());
  });

  it('has every page in one part of the site, and a link to it there', () => {
    const parts = pages.filter((page) => page.startsWith('docs/site/'));
    const named = parts.flatMap((page) => {
      const text = readFileSync(join(root, page), 'utf8');
      const children = [...text.matchAll(/^ {2}- (\S+\.md)$/gm)].map(([, child = '']) => child);
      for (const child of children) expect(text, page).toContain(`](${child})`);
      return children.map((child) => join('docs/site', child));
    });
    const others = pages.filter((page) => page.startsWith('docs/') && !parts.includes(page));
    expect(named.sort()).toEqual(others.sort());
  });

  it('links to pages that are there', () => {
    for (const page of [...pages, 'llms.txt']) {
      for (const [, link = ''] of readFileSync(join(root, page), 'utf8').matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
        if (!link.startsWith('http'))
          expect(() => readdirSync(join(root, page, '..', link)), `${page}: ${link}`).not.toThrow(/ENOENT/);
      }
    }
  });
});
