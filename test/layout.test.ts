import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Which folder of src may import which: the architecture, as a table. `docs/ARCHITECTURE.md` draws it. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  audit: ['base'],
  identity: ['base'],
  pki: ['base', 'identity'],
  raft: ['base'],
  table: ['base'],
  kinds: ['base', 'table'],
  state: ['base', 'table', 'kinds'],
  settings: ['base', 'kinds', 'state'],
  wire: ['base', 'raft', 'kinds', 'state'],
  replica: ['base', 'raft', 'kinds', 'state', 'settings', 'wire'],
  disk: ['base', 'raft', 'kinds', 'state', 'wire', 'replica'],
  rpc: ['base', 'identity', 'pki', 'raft', 'wire', 'replica'],
  api: ['base', 'audit', 'identity', 'pki', 'kinds', 'state', 'wire', 'replica', 'rpc'],
  discovery: ['base'],
  client: ['base', 'identity', 'pki', 'kinds', 'state', 'wire', 'rpc'],
  catalog: ['base', 'kinds', 'state', 'client', 'discovery'],
  dns: ['base', 'catalog'],
  compose: ['base', 'kinds', 'state'],
  testing: ['base', 'raft', 'kinds', 'state', 'wire', 'replica'],
  coordination: ['base', 'kinds', 'state', 'client', 'discovery'],
  schedule: ['base', 'kinds'],
  orchestrate: ['base', 'kinds', 'state', 'schedule'],
  fleet: ['base', 'kinds', 'state', 'client', 'discovery', 'coordination', 'schedule', 'orchestrate'],
  docker: ['base', 'kinds', 'state', 'client', 'schedule', 'orchestrate', 'fleet'],
  http: ['base', 'kinds', 'state', 'wire', 'replica', 'rpc', 'api', 'schedule', 'orchestrate'],
  cli: [
    'base',
    'audit',
    'kinds',
    'state',
    'settings',
    'client',
    'compose',
    'discovery',
    'coordination',
    'catalog',
    'schedule',
    'orchestrate',
    'fleet',
  ],
  daemon: [
    'base',
    'audit',
    'identity',
    'pki',
    'raft',
    'kinds',
    'state',
    'settings',
    'wire',
    'replica',
    'disk',
    'rpc',
    'api',
    'client',
    'discovery',
    'coordination',
    'catalog',
    'dns',
    'schedule',
    'orchestrate',
    'fleet',
    'docker',
    'http',
    'cli',
  ],
};

/** Which folders know that an outside package exists. */
const packages: Readonly<Record<string, readonly string[]>> = {
  '@grpc/grpc-js': ['rpc', 'api'],
  '@grpc/proto-loader': ['api'],
  '@grpc/reflection': ['api'],
  'grpc-health-check': ['api'],
  '@peculiar/x509': ['pki'],
  'reflect-metadata': ['pki'],
  '@opentelemetry/api': ['base'],
  level: ['disk'],
  'dns-packet': ['dns'],
  'node-zookeeper-client': ['discovery'],
  tar: ['fleet'],
  rxjs: ['base', 'replica'],
  'rxjs/internal/Observable': ['base'],
  'rxjs/internal/Subscriber': ['base'],
  'rxjs/internal/Subscription': ['base'],
  'rxjs/internal/types': ['base'],
  pino: ['daemon'],
  'prom-client': ['http'],
  preact: ['http'],
  'preact/hooks': ['http'],
  commander: ['cli'],
  'cli-table3': ['cli'],
  yaml: ['compose', 'settings', 'cli'],
};

/** Folders without any of Node: what makes a simulation possible. */
const pure = [
  'base',
  'identity',
  'raft',
  'table',
  'kinds',
  'state',
  'settings',
  'wire',
  'replica',
  'compose',
  'schedule',
  'orchestrate',
];

/** What is a pure function there, too. */
const sameEverywhere: Readonly<Record<string, readonly string[]>> = {
  'base/ip.ts': ['node:net'],
  'identity/digest.ts': ['node:crypto', 'node:zlib'],
};

const src = join(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((path) => /\.tsx?$/.test(path));

interface Import {
  readonly file: string;
  readonly folder: string;
  readonly specifier: string;
}

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(src, file), 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom |\bimport |\bimport\()'([^'\n]+)'/g)].map(
    ([, specifier]) => specifier ?? '',
  );
  return specifiers.map((specifier) => ({ file, folder: file.split('/')[0] ?? '', specifier }));
});

/** The folder that a relative import leads to; `undefined` outside of src. */
function target({ file, specifier }: Import): string {
  return relative(src, join(src, file, '..', specifier)).split('/')[0] ?? '';
}

const inner = imports.filter(({ folder, specifier }) => specifier.startsWith('.') && !folder.endsWith('.ts'));
const outer = imports.filter(({ specifier }) => !specifier.startsWith('.'));

describe('the layout', () => {
  it('is read from many files', () => {
    expect(files.length).toBeGreaterThan(80);
    expect(inner.length).toBeGreaterThan(200);
  });

  it('has no folder that the table does not know', () => {
    const folders = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(mayImport).sort());
  });

  it('lets imports point only where the table says', () => {
    const wrong = inner.filter((one) => target(one) !== one.folder && !mayImport[one.folder]?.includes(target(one)));
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('keeps every outside package in its home', () => {
    const used = outer.filter(({ specifier }) => !specifier.startsWith('node:'));
    const wrong = used.filter(({ folder, specifier }) => !packages[specifier]?.includes(folder));
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('keeps Node out of what must run in a simulation', () => {
    const wrong = outer.filter(
      ({ file, folder, specifier }) =>
        pure.includes(folder) && specifier.startsWith('node:') && !sameEverywhere[file]?.includes(specifier),
    );
    expect(wrong.map(({ file, specifier }) => `${file} imports ${specifier}`)).toEqual([]);
  });

  it('has no file that is longer than 600 lines', () => {
    const long = files.filter(
      (file) => !file.includes('generated/') && readFileSync(join(src, file), 'utf8').split('\n').length > 600,
    );
    expect(long).toEqual([]);
  });
});
