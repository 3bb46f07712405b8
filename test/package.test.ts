import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildIfMissing, endAll, SkepProcess } from './support/cli-process.js';

const root = join(import.meta.dirname, '..');

interface Packed {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Locked {
  readonly dev?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** Folders of the packages that an installation of ours brings. */
function installed(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const found = new Set<string>();
  const add = (name: string, from: string) => {
    const near = `${from}/node_modules/${name}`.replace(/^\//, '');
    const path = packages[near] ? near : `node_modules/${name}`;
    if (found.has(path)) return;
    found.add(path);
    for (const next of Object.keys(packages[path]?.dependencies ?? {})) add(next, path);
  };
  for (const name of Object.keys(manifest.dependencies)) add(name, '');
  return [...found];
}

function bytesIn(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

describe('the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-package-'));
  let packed: Packed;
  let paths: string[] = [];
  beforeAll(() => {
    buildIfMissing();
    const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    [packed] = JSON.parse(told) as [Packed];
    paths = packed.files.map(({ path }) => path);
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('carries what it needs to run and to be read, and nothing else', () => {
    const places = new Set(paths.map((path) => path.split('/')[0]));
    expect([...places].sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'docs', 'man', 'package.json', 'proto'].sort(),
    );
    expect(paths).toEqual(expect.arrayContaining(['dist/main.js', 'man/skep.1']));
    const page = paths.filter((path) => path.startsWith('dist/http/page/'));
    expect(page.sort()).toEqual(
      ['icon.svg', 'index.html', 'page.css', 'page.js'].map((name) => `dist/http/page/${name}`),
    );
    const rest = paths.filter(
      (path) => path.startsWith('dist/') && !page.includes(path) && !/(?:\.d\.ts|\.js(?:\.map)?)$/.test(path),
    );
    expect(rest.sort()).toEqual([
      'dist/THIRD-PARTY.txt',
      'dist/vendor/@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto',
      'dist/vendor/@grpc/reflection/build/proto/grpc/reflection/v1alpha/reflection.proto',
      'dist/vendor/grpc-health-check/proto/health/v1/health.proto',
    ]);
  });

  it('has modules that this Node can read, every one of them', () => {
    const modules = paths.filter((path) => /^dist\/(?!http\/page\/).*\.js$/.test(path));
    expect(modules.length).toBeGreaterThan(50);
    // The tests run src/, which is compiled on the way: only the package shows what Node itself makes of it.
    const read = `
      const { readFileSync } = require('node:fs');
      const { SourceTextModule } = require('node:vm');
      for (const path of process.argv.slice(1)) new SourceTextModule(readFileSync(path, 'utf8'), { identifier: path });`;
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--no-warnings', '--experimental-vm-modules', '-e', read, '--', ...modules],
      { cwd: root, encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('has a source map with the sources of every module of ours', () => {
    const sources = new Set<string>();
    for (const path of paths.filter((one) => one.endsWith('.js.map'))) {
      const map = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
        sources: string[];
        sourcesContent: unknown[];
      };
      const ours = map.sources.filter((source) => /\/src\/.*\.ts$/.test(source) && !source.includes('node_modules'));
      for (const source of ours) {
        expect(map.sourcesContent[map.sources.indexOf(source)], source).toBeTypeOf('string');
        sources.add(source.replace(/^.*\/src\//, 'src/'));
      }
      expect(readFileSync(join(root, path.slice(0, -4)), 'utf8')).toContain(`//# sourceMappingURL=`);
    }
    expect([...sources]).toEqual(expect.arrayContaining(['src/main.ts', 'src/raft/core.ts', 'src/daemon/manager.ts']));
    expect(sources.size).toBeGreaterThan(600);
  });

  it('names the licence of every package that is in it', () => {
    const text = readFileSync(join(root, 'dist/THIRD-PARTY.txt'), 'utf8');
    const parts = text.split(/\n-{80}\n/).slice(1);
    expect(parts.length).toBeGreaterThan(20);
    for (const part of parts) expect(part.trim()).toMatch(/^\S+ \d+\.\d+\.\d+\S* \((?!undefined)[^)]+\)/);
    expect(text).toContain('@grpc/grpc-js');
  });

  it('brings few other packages, and little', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['level', 'rxjs']);
    expect([manifest.optionalDependencies, manifest.peerDependencies]).toEqual([undefined, undefined]);
    const folders = installed();
    expect(folders.length).toBeGreaterThan(10);
    expect(folders.length + 1).toBeLessThanOrEqual(40);
    const bytes = packed.unpackedSize + folders.reduce((sum, one) => sum + bytesIn(join(root, one)), 0);
    expect(bytes).toBeLessThanOrEqual(25_000_000);
  });

  it('has types that lead only to those packages', () => {
    const declarations = paths.filter((path) => path.endsWith('.d.ts'));
    const outside = declarations.flatMap((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      return [...text.matchAll(/(?:\bfrom |\bimport\()["']([^."'][^"']*)["']/g)].map(([, name = '']) => name);
    });
    const packages = outside.filter((name) => !name.startsWith('node:')).map((name) => name.split('/')[0] ?? '');
    expect(packages.filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  it('gives the same classes at every entry', () => {
    const code = `
      const [main, client, raft] = await Promise.all(['skep', 'skep/client', 'skep/raft'].map((name) => import(name)));
      const refused = await new client.Client({ hosts: ['127.0.0.1:1'], unreachableMs: 1 }).status().catch((error) => error);
      console.log(refused instanceof main.StoreError, typeof raft.RawNode);
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: root });
    expect(`${stdout.toString()}${stderr.toString()}`).toBe('true function\n');
  });

  it('finds the SDK of the application with its own copy of the API', () => {
    const code = `
      import { trace } from '@opentelemetry/api';
      import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
      import { openReplica } from 'skep';
      import { Client } from 'skep/client';
      const exporter = new InMemorySpanExporter();
      const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
      trace.setGlobalTracerProvider(provider);
      const replica = await openReplica({ name: 'm1', logger: { debug() {}, info() {}, warn() {}, error() {} } });
      const client = new Client({ replica });
      await client.create('node', { id: 'n1' });
      const spans = exporter.getFinishedSpans();
      const ids = new Set(spans.map((span) => span.spanContext().traceId));
      console.log(spans.map(({ name }) => name).sort().join(' '), ids.size);
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', `${code}; process.exit();`], {
      cwd: root,
    });
    const call = 'skep.v1.Control/Create';
    expect(`${stdout.toString()}${stderr.toString()}`).toBe(`skep propose ${call} ${call} 1\n`);
  });

  it('runs kinds of a module that imports it', { timeout: 60_000 }, async () => {
    // In the checkout, where the package finds itself by its name.
    const kinds = mkdtempSync(join(root, 'test/.snippets-'));
    const file = join(kinds, 'kinds.js');
    const parts = `schema: schema.object({ queue: schema.text() }), indexes: { queue: (job) => job.queue }`;
    writeFileSync(
      file,
      `import { defineKind, schema } from 'skep';\nexport const jobs = defineKind({ name: 'jobs', ${parts} });\n`,
    );
    try {
      const manager = new SkepProcess(['manager', '--name', 'm1', '--listen', '127.0.0.1:0', '--kinds', file]);
      const [, host = ''] = / addr=(\S+)/.exec(await manager.line('ready ')) ?? [];
      const list = new SkepProcess(['kinds', '--host', host, '-o', 'ndjson']);
      expect(await list.ended, list.err).toBe(0);
      expect(list.out).toContain('"kind":"jobs"');
      expect(await manager.end('SIGTERM')).toBe(0);
    } finally {
      await endAll();
      rmSync(kinds, { recursive: true, force: true });
    }
  });

  it('passes publint', { timeout: 120_000 }, () => {
    const args = [join(root, 'node_modules/.bin/publint'), 'run', join(folder, packed.filename), '--strict'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it('has types that resolve as an ES module', { timeout: 120_000 }, () => {
    const attw = join(root, 'node_modules/.bin/attw');
    const args = [attw, join(folder, packed.filename), '--profile', 'esm-only', '--no-color'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it('says where its source is and where to report what is wrong with it', () => {
    expect(manifest).toMatchObject({
      homepage: 'https://github.com/skep/skep#readme',
      bugs: 'https://github.com/skep/skep/issues',
      repository: { type: 'git', url: 'git+https://github.com/skep/skep.git' },
    });
  });
});
