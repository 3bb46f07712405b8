import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programModel, withBelow } from '../../scripts/cli-model.js';
import { cliPage } from '../../scripts/cli-page.js';
import { manPage } from '../../scripts/man-page.js';
import { skep } from '../support/cli-run.js';

const root = join(import.meta.dirname, '../..');
const page = (file: string) => readFileSync(join(root, file), 'utf8');
const has = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe('the pages that are made from the help', () => {
  it('are those of now: npm run generate', async () => {
    expect(page('docs/cli.md')).toBe(await cliPage());
    expect(page('man/skep.1')).toBe(await manPage());
  });

  it('say what --help says', async () => {
    const all = (await programModel()).commands.flatMap(withBelow);
    expect(all.length).toBeGreaterThan(90);
    const some = all.filter((_, i) => i % 9 === 0);
    for (const { name, usage, terms } of some) {
      const { out } = await skep([...name.split(' ').slice(1), '--help']);
      const flat = out.replaceAll(/\s+/g, ' ');
      expect(flat).toContain(`Usage: ${usage}`);
      for (const { term, text } of terms) {
        expect(flat, name).toContain(term);
        expect(flat, name).toContain(text.replaceAll(/\s+/g, ' '));
      }
    }
  });

  it('have --watch for every list of a cluster', async () => {
    const all = (await programModel()).commands.flatMap(withBelow);
    const lists = all.filter(({ name }) => / (?:ls|ps|kinds|services)$/.test(name) && name !== 'skep context ls');
    expect(lists.length).toBeGreaterThan(15);
    const without = lists.filter(({ terms }) => !terms.some(({ term }) => term === '-w, --watch'));
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  it('have anchors for every link to a command', () => {
    const text = page('docs/cli.md');
    const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.replaceAll(' ', '-'));
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(80);
    expect(links.filter((link) => !headings.includes(link ?? ''))).toEqual([]);
    expect(new Set(headings).size).toBe(headings.length);
  });

  it.runIf(has('groff'))('are a man page without warnings', () => {
    const { stdout, stderr, status } = spawnSync('groff', ['-man', '-ww', '-Tascii', join(root, 'man/skep.1')], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const text = stdout.replaceAll(/.\u0008|\u001b\[[\d;]*m/g, '').replaceAll(/\s+/g, ' ');
    for (const part of ['skep member add', '--if-version', 'EXIT STATUS', 'ENVIRONMENT']) expect(text).toContain(part);
  });

  it('have no line that a man page would take for an instruction', () => {
    const known = /^\.(?:TH|SH|SS|TP|PP|B|I|RI)\b|^\.\\"/;
    const lines = page('man/skep.1').split('\n');
    expect(lines.filter((line) => /^['.]/.test(line) && !known.test(line))).toEqual([]);
  });
});
