import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { entryPoints, Surface } from '../scripts/surface.js';
import { kindNames } from '../src/kinds/index.js';
import { buildIfMissing } from './support/cli-process.js';

/** `SKEP_WRITE_SURFACE=1` writes the files anew, after a change that is meant. */
const write = process.env.SKEP_WRITE_SURFACE === '1';
const entries = entryPoints();
const [skep] = entries as [(typeof entries)[number]];
const kindTypes = kindNames.map((kind) => `${kind[0]?.toUpperCase()}${kind.slice(1)}`);

describe('the public surface', () => {
  buildIfMissing();
  const surface = new Surface(entries);

  it.each(entries)('of $name is what test/surface shows for review', ({ name, types }) => {
    const file = join(import.meta.dirname, 'surface', `${name.replace('/', '-')}.txt`);
    const text = surface.text({ name, types });
    if (write) writeFileSync(file, text);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
    expect(text, `run SKEP_WRITE_SURFACE=1 npx vitest run test/surface.test.ts when the change is meant`).toBe(
      committed,
    );
  });

  it.each(entries)('of $name has a comment at everything', (entry) => {
    expect(surface.undocumented(entry)).toEqual([]);
  });

  it('lets await using end everything that has to be ended', () => {
    const all = entries.flatMap((entry) => surface.closables(entry));
    expect(all.filter(({ disposable }) => disposable).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Client', 'Coordination', 'MemoryStore', 'OpenReplica', 'TestCluster']),
    );
    // Ports, which users implement and skep calls: a method more would be one more to write.
    const ports = ['CatalogSession', 'EngineTransport', 'EventMonitor'];
    expect(all.filter(({ disposable }) => !disposable).map(({ name }) => name)).toEqual(ports);
  });

  it.each(kindTypes)('has a short comment at every field of a %s', (name) => {
    const fields = surface.fieldsOf(skep, name);
    expect(fields.map(({ path }) => path)).toContainEqual(expect.stringMatching(/\.annotations\.indices\.key$/));
    const wrong = fields.filter(({ words }) => words === '' || words.split(/\s+/).length > 25);
    expect(wrong.map(({ path, words }) => `${path}: ${words}`)).toEqual([]);
  });

  it.each(kindTypes)('has names for the types of the fields of a %s', (name) => {
    const unnamed = surface.fieldsOf(skep, name).filter(({ type }) => /[{}]|\bInfer\b|import\(/.test(type));
    expect(unnamed.map(({ path, type }) => `${path}: ${type}`)).toEqual([]);
  });

  it('is correct by itself, without skipLibCheck', { timeout: 120_000 }, () => {
    const options = { strict: true, noEmit: true, skipLibCheck: false, types: ['node'] };
    const program = ts.createProgram({
      rootNames: entries.map(({ types }) => types),
      options: { ...options, module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2023 },
    });
    const wrong = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.includes('/dist/') ?? true);
    const ours = wrong.filter(({ file }) => !file?.fileName.includes('/node_modules/'));
    expect(ours.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  it('leads to few declarations of other packages', () => {
    const files = surface.files().filter((file) => !file.includes('/@types/'));
    const outside = files.map((file) => /.*\/node_modules\/(.*)$/.exec(file)?.[1]).filter((file) => file !== undefined);
    const lib = /^(?:typescript\/lib|undici-types|buffer)\//;
    expect(outside.filter((file) => !lib.test(file)).sort()).toEqual(
      ['Observable', 'Operator', 'Subscriber', 'Subscription', 'types'].map(
        (name) => `rxjs/dist/types/internal/${name}.d.ts`,
      ),
    );
  });

  it('has no plumbing of replicas', () => {
    const text = surface.text(skep);
    for (const word of [
      'installStaged',
      'followRestore',
      'installNow',
      'markCanonical',
      'KindSet',
      'Tables',
      'storedMeta',
    ])
      expect(text).not.toMatch(new RegExp(`\\b${word}\\b`));
  });
});
