/** One cluster of three, with or without security: the leader in this process, and what it costs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { systemClock } from '../../src/base/clock.js';
import { directoryOf } from '../../src/api/index.js';
import { Client } from '../../src/client/index.js';
import { callerOf, dayMs } from '../../src/identity/index.js';
import { type OpenReplica, openReplica } from '../../src/index.js';
import { authorities, credentials, users } from '../../src/kinds/index.js';
import { serve } from './child.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
const followers: ChildProcess[] = [];
let dir = '';
let leader: OpenReplica;
let secured = false;
let joined = 0;

async function open({ secure }: { secure: boolean }): Promise<void> {
  dir = await mkdtemp(join(tmpdir(), 'skep-bench-'));
  const dataDir = join(dir, 'm1');
  const security = (secured = secure) ? 'on' : 'off';
  leader = await openReplica({ name: 'm1', dataDir, listenAddr: '127.0.0.1:0', security, logger: quiet });
  const tokenFile = join(dir, 'token');
  if (secure) {
    while (leader.store.view((tx) => tx.kind(authorities).find()).length === 0)
      await new Promise((done) => setTimeout(done, 20));
    const owner = new Client({ hosts: [`unix:${join(dataDir, 'run/control.sock')}`] });
    await writeFile(tokenFile, (await owner.createToken({ use: 'join-member', uses: 100 })).token);
    owner.close();
  }
  for (const name of ['m2', 'm3']) await follow(name, secure ? ['--token-file', tokenFile] : []);
}

async function follow(name: string, more: readonly string[]): Promise<void> {
  const place = ['--name', name, '--listen', '127.0.0.1:0', '--data-dir', join(dir, name), '--join', leader.addr];
  const args = [resolve('dist/main.js'), 'manager', ...place, '--log-level', 'error', ...more];
  const env = { ...process.env, XDG_RUNTIME_DIR: dir };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  followers.push(child);
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) return;
  throw new Error(`${name} ended before it was ready`);
}

/** Writers that each create one object of `bytes` after another. Answers with the processor time of this process. */
async function write({ writers, bytes, seconds }: { writers: number; bytes: number; seconds: number }) {
  const message = 'x'.repeat(bytes);
  const end = performance.now() + seconds * 1_000;
  const before = process.cpuUsage();
  let ops = 0;
  const loop = async () => {
    for (; performance.now() < end; ops++)
      await leader.store.update((tx) => void tx.nodes().create({ status: { message } }));
  };
  await Promise.all(Array.from({ length: writers }, loop));
  const { user, system } = process.cpuUsage(before);
  return { ops, cpuUs: user + system };
}

/** Looks an identity up as every call does. */
async function lookUp({ calls }: { calls: number }) {
  const serial = 'ab12';
  const notAfter = Date.now() + dayMs;
  await leader.store.update((tx) => {
    tx.kind(users).create({ id: 'alice', name: 'alice', roles: ['operator'] });
    tx.kind(credentials).create({
      id: serial,
      identity: 'user/alice',
      certificate: '',
      request: '',
      notAfter,
      token: '',
    });
  });
  const directory = directoryOf(
    leader.store,
    () => 'd',
    () => 'member',
  );
  const presented = { identity: { domain: 'd', kind: 'user', name: 'alice' }, serial, notBefore: 0, notAfter } as const;
  const before = process.cpuUsage();
  let known = 0;
  for (let i = 0; i < calls; i++)
    if (callerOf(presented, directory, { now: systemClock.now(), renewLateMs: 0 }).as === 'user') known++;
  const { user, system } = process.cpuUsage(before);
  return { ops: known, cpuUs: user + system };
}

/** Lets another member join, and leave again. Answers with the time until it could be used, milliseconds. */
async function joinOnce(): Promise<number> {
  const name = `j${++joined}`;
  const place = { name, dataDir: join(dir, name), listenAddr: '127.0.0.1:0', join: [leader.addr], logger: quiet };
  const security = secured ? 'on' : 'off';
  const begun = performance.now();
  const one = await openReplica({
    ...place,
    security,
    ...(secured && { joinToken: await readFile(join(dir, 'token'), 'utf8') }),
  });
  const tookMs = performance.now() - begun;
  await leader.removeMember(name);
  await one.close();
  return tookMs;
}

async function close(): Promise<void> {
  await leader.close();
  for (const child of followers) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  await rm(dir, { recursive: true, force: true });
}

serve({ open, write, lookUp, join: joinOnce, close });
