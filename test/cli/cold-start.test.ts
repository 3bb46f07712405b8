import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { buildIfMissing } from '../support/cli-process.js';
import { openMember } from '../support/cli-run.js';

const root = join(import.meta.dirname, '../..');

/** Reports each file that is loaded as a module, one line each on standard error. */
const reporter = `
  import { writeSync } from 'node:fs';
  export async function load(url, context, next) {
    if (url.startsWith('file:')) writeSync(2, 'loaded ' + url + '\\n');
    return next(url, context);
  }`;
const register = `import { register } from 'node:module'; register(${JSON.stringify(asData(reporter))});`;

function asData(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

/** The files that a program loads, by their path in the checkout, and its exit code. */
async function loadedBy(args: readonly string[]): Promise<{ files: string[]; code: number | null }> {
  const child = spawn(process.execPath, ['--import', asData(register), ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.on('data', (data: Buffer) => (text += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const files = [...text.matchAll(/^loaded file:\/\/(.*)$/gm)].map(([, path = '']) => path.replace(`${root}/`, ''));
  return { files, code };
}

const heavy = /node_modules|chunks\/(?:rpc|codec|client|compose|fleet|store)\d*\.js/;

describe('the start of a command', () => {
  let member: OpenReplica;
  beforeAll(async () => {
    buildIfMissing();
    member = await openMember();
  });
  afterAll(() => member.close());

  it.each([[['--version']], [['--help']], [['help']], [['nonsense']]])('loads few modules for %j', async (args) => {
    const { files } = await loadedBy(['dist/main.js', ...args]);
    expect(files).toContain('dist/main.js');
    expect(files.length).toBeLessThanOrEqual(25);
    expect(files.filter((file) => heavy.test(file))).toEqual([]);
  });

  it('loads a client, and no store, for a command that asks a member', async () => {
    const { files, code } = await loadedBy(['dist/main.js', 'status', '--host', member.addr]);
    expect(code).toBe(0);
    expect(files).toContain('dist/client/index.js');
    expect(files.length).toBeLessThanOrEqual(60);
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([]);
  });

  it('loads neither gRPC nor a database for a store alone', async () => {
    const code = "import { MemoryStore } from 'skep'; new MemoryStore();";
    const { files } = await loadedBy(['--input-type=module', '-e', code]);
    expect(files).toContain('dist/index.js');
    expect(files.filter((file) => /level|chunks\/(?:rpc|api|session|x509)/.test(file))).toEqual([]);
  });
});
