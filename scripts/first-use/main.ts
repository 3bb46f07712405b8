/** What a new user does, in an empty folder with the packed package. Prints a table of times; exits with 0 if all of it works. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { messageOf } from '../../src/base/errors.js';
import { freePort } from '../waiting.js';
import { done, killEverything, Program } from './programs.js';

const root = join(import.meta.dirname, '../..');
const { values } = parseArgs({ options: { node: { type: 'string' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(
    'usage: scripts/first-use/run [--node PATH]\n\n--node PATH  the Node that runs the programs; default: this one',
  );
  process.exit(0);
}
const node = values.node ?? process.execPath;
// npm and the scripts of packages find the same Node.
process.env['PATH'] = `${dirname(node)}:${process.env['PATH'] ?? ''}`;

const folder = mkdtempSync(join(tmpdir(), 'skep-first-use-'));
const app = join(folder, 'app');
const skep = join(app, 'node_modules/skep/dist/main.js');
process.on('exit', () => {
  killEverything();
  rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const rows: string[][] = [];

/** Does one thing that a user does. What `work` returns is the remark of its row. */
async function step(name: string, work: () => Promise<string | { cpuMs?: number; remark: string }>): Promise<void> {
  const began = performance.now();
  const result = await work();
  const { cpuMs, remark } = typeof result === 'string' ? { cpuMs: undefined, remark: result } : result;
  const wall = `${((performance.now() - began) / 1_000).toFixed(2)} s`;
  rows.push([name, wall, cpuMs === undefined ? '' : `${(cpuMs / 1_000).toFixed(2)} s`, remark]);
}

function expectText(found: string, wanted: string): string {
  if (!found.includes(wanted)) throw new Error(`"${wanted}" is missing in: ${found}`);
  return found.trim().replaceAll('\n', ' · ');
}

async function install(): Promise<string> {
  const packed = (
    await done('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], root)
  ).trim();
  mkdirSync(app);
  await done('npm', ['init', '-y'], app);
  await done('npm', ['pkg', 'set', 'type=module'], app);
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', join(folder, packed)];
  const from = await done('npm', [...args, '--offline'], app).then(
    () => 'without a network',
    async () => {
      await done('npm', args, app);
      return 'from the registry';
    },
  );
  const entries = readdirSync(join(app, 'node_modules'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const bytes = files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  const packages = readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.')).length;
  return `${packages} packages, ${(bytes / 1e6).toFixed(0)} MB, ${from}`;
}

/** Programs of the README, as they stand there. */
const snippets = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code = '']) => code,
);

async function snippet(number: number, prints: string): Promise<string> {
  const file = join(app, `snippet-${number}.mjs`);
  writeFileSync(file, snippets[number - 1] ?? '');
  return expectText(await done(node, [file], app), prints);
}

async function dev(): Promise<{ cpuMs?: number; remark: string }> {
  const program = new Program(node, [skep, 'dev', '--port', '0', '--http', '127.0.0.1:0'], app);
  const ready = await program.line(/^ready in/);
  const { cpuMs } = program;
  await program.end('SIGTERM');
  return { ...(cpuMs !== undefined && { cpuMs }), remark: ready.replace(/ http.*/, '') };
}

async function devKill(): Promise<string> {
  const program = new Program(node, [skep, 'dev', '--port', '0', '--http', '127.0.0.1:0', '--keys'], app);
  await program.line(/^ready in/);
  const from = program.lines;
  const began = performance.now();
  program.press('k');
  const leads = await program.line(/ leads \(term/, from);
  const took = performance.now() - began;
  await program.end('SIGTERM');
  return `${leads} after ${took.toFixed(0)} ms`;
}

/** Three managers, a write, kill -9 for the leader, and a write again. */
async function managers(): Promise<string> {
  const addrs: string[] = [];
  for (let i = 0; i < 3; i++) addrs.push(`127.0.0.1:${await freePort()}`);
  const started = addrs.map((addr, i) => {
    const args = ['manager', '--name', `m${i + 1}`, '--listen', addr, '--peers', addrs.join(',')];
    return new Program(node, [skep, ...args, '--data-dir', join(folder, `m${i + 1}`)], app);
  });
  await Promise.all(started.map((program) => program.line(/^ready /)));
  const ask = (...args: string[]) => done(node, [skep, ...args, '--host', addrs.join(',')], app);
  await ask('create', 'node/before');
  const status = JSON.parse(await ask('status', '-o', 'json')) as { leader?: string };
  const leader = started[Number(status.leader?.slice(1)) - 1];
  if (!leader) throw new Error(`no leader in ${JSON.stringify(status)}`);
  const began = performance.now();
  await leader.end('SIGKILL');
  await ask('create', 'node/after');
  const took = performance.now() - began;
  const nodes = (await ask('ls', 'nodes', '-o', 'name')).trim().split('\n').sort().join(' ');
  expectText(nodes, 'after');
  await Promise.all(started.map((program) => program.end('SIGTERM')));
  return `${nodes}; the write after kill -9 took ${took.toFixed(0)} ms`;
}

try {
  const version = (await done(node, ['--version'], root)).trim();
  console.log(`first use, with Node ${version}`);
  await step('pack and install', install);
  await step('npx skep --version', async () => (await done('npx', ['skep', '--version'], app)).trim());
  await step('README: on exactly one instance', () => snippet(1, 'running'));
  await step('README: typed state, watched', () => snippet(2, 'j1 is new'));
  await step('README: three members', () => snippet(3, '1'));
  await step('skep dev until it is ready', dev);
  await step('skep dev, and k for the leader', devKill);
  await step('three managers, kill -9 for the leader', managers);
} catch (error) {
  rows.push(['✗ failed', '', '', messageOf(error)]);
  process.exitCode = 1;
}
const head = ['step', 'wall', 'CPU', ''];
const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => (i === 3 ? 0 : (row[i] ?? '').length))));
for (const row of [head, ...rows])
  console.log(
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
process.exit();
