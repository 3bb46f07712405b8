/**
 * The main job, end to end: from a Compose file to three replicas that survive the death of their leader, and a fleet of
 * Docker engines where the machine can run them. Every claim in the summary is checked; the exit code is 0 only if all of them hold.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual, promisify } from 'node:util';
import { Client } from 'skep/client';
import { showFleet } from './quickstart-fleet.js';
import { showSecurity } from './quickstart-security.js';
import { freePort, until } from './waiting.js';

const root = join(import.meta.dirname, '..');
const skepPath = join(root, 'dist/main.js');
const composeFile = join(root, 'scripts/quickstart.d/compose.yaml');
const writers = 8;
const writesBeforeKill = 400;
const writesAfterKill = 400;

const kinds = ['node', 'service', 'task', 'network', 'cluster'] as const;
const checks: { claim: string; holds: boolean }[] = [];
const children = new Set<ChildProcess>();

function say(title: string): void {
  console.log(`\n── ${title}`);
}

function check(claim: string, holds: boolean): void {
  checks.push({ claim, holds });
  console.log(`${holds ? '✓' : '✗'} ${claim}`);
}

/** One manager: a process, its address and its folder. */
class Manager {
  process: ChildProcess | undefined;

  constructor(
    readonly name: string,
    readonly addr: string,
    readonly dir: string,
    readonly peers: readonly string[],
  ) {}

  async start(): Promise<void> {
    const args = [
      skepPath,
      'manager',
      '--name',
      this.name,
      '--listen',
      this.addr,
      '--data-dir',
      join(this.dir, this.name),
    ];
    args.push('--peers', this.peers.join(','));
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    children.add(child);
    child.once('exit', () => children.delete(child));
    child.stderr.pipe(createWriteStream(join(this.dir, `${this.name}.log`), { flags: 'a' }));
    for await (const line of createInterface({ input: child.stdout })) {
      console.log(line);
      if (line.startsWith('ready ')) return;
    }
    throw new Error(`${this.name} ended before it was ready: see ${this.dir}/${this.name}.log`);
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

async function skep(host: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [skepPath, '--host', host, ...args]);
  return stdout;
}

interface Status {
  leader: string | null;
  version: number;
  members: { name: string; reachable: boolean; version?: number; leader: boolean; role: string }[];
}
const statusOf = async (host: string) => JSON.parse(await skep(host, 'status', '-o', 'json')) as Status;

/** Everything that one member holds. */
async function stateOf(addr: string): Promise<unknown> {
  const client = new Client({ hosts: [addr] });
  try {
    const lists = await Promise.all(kinds.map((kind) => client.list(kind)));
    return Object.fromEntries(kinds.map((kind, i) => [kind, lists[i]?.objects]));
  } finally {
    client.close();
  }
}

/** Writers that create one node after another, and note which the cluster acknowledged. */
class Load {
  readonly acknowledged: string[] = [];
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor(hosts: readonly string[]) {
    this.#running = Array.from({ length: writers }, (_, i) =>
      this.#write(new Client({ hosts: [...hosts.slice(i % 3), ...hosts.slice(0, i % 3)], timeoutMs: 30_000 }), i),
    );
    for (const running of this.#running) running.catch(() => undefined); // told by stop()
  }

  /** Rejects when a writer failed; never by itself. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  async #write(client: Client, writer: number): Promise<void> {
    try {
      for (let i = 0; !this.#stopped; i++) {
        const id = `write-${writer}-${i}`;
        await client.create('node', { id, description: { hostname: id } });
        this.acknowledged.push(id);
      }
    } finally {
      client.close();
    }
  }
}

async function main(dir: string): Promise<void> {
  const ports = [await freePort(), await freePort(), await freePort()];
  const hosts = ports.map((port) => `127.0.0.1:${port}`);
  const managers = hosts.map((addr, i) => new Manager(`m${i + 1}`, addr, dir, hosts));
  const everyone = hosts.join(',');

  say('three managers, each a process with its own disk');
  await Promise.all(managers.map((manager) => manager.start()));
  console.log(await skep(everyone, 'status'));
  const before = await statusOf(everyone);
  check(
    'three voters, one of them leads',
    before.members.filter(({ role }) => role === 'voter').length === 3 && before.leader !== null,
  );

  say('a watcher');
  const seen: string[] = [];
  const seenVersions: number[] = [];
  const watching = spawn(process.execPath, [skepPath, '--host', everyone, 'watch', '--from', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(watching);
  createInterface({ input: watching.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as { action: string; kind: string; version: number; object?: { id: string } };
    if (event.action === 'commit') seenVersions.push(event.version);
    else seen.push(`${event.action} ${event.kind} ${event.object?.id}`);
  });

  say('skep apply scripts/quickstart.d/compose.yaml --stack shop');
  console.log(await skep(everyone, 'apply', composeFile, '--stack', 'shop'));
  console.log(await skep(everyone, 'service', 'ls'));
  console.log(await skep(everyone, 'network', 'ls'));
  const services = JSON.parse(await skep(everyone, 'service', 'ls', '-o', 'json')) as {
    spec: { annotations: { name: string } };
  }[];
  check(
    'the three services of the file are there',
    isDeepStrictEqual(services.map(({ spec }) => spec.annotations.name).sort(), ['shop_api', 'shop_db', 'shop_web']),
  );
  check(
    'applying it again changes nothing',
    (await skep(everyone, 'apply', composeFile, '--stack', 'shop', '-o', 'name')) === '',
  );
  await until('the watcher saw the stack', () => seen.length >= 5);
  console.log(`the watcher saw:\n  ${seen.slice(0, 5).join('\n  ')}`);

  say(`${writers} writers; then SIGKILL for the leader`);
  const load = new Load(hosts);
  await until('the first writes', () => load.acknowledged.length >= writesBeforeKill);
  const victim = managers.find(({ name }) => name === before.leader) as Manager;
  const killedAt = Date.now();
  const atKill = load.acknowledged.length;
  await victim.end('SIGKILL');
  await until('a write after the kill', () => load.acknowledged.length > atKill + writers);
  console.log(`${victim.name} is dead; the first new writes were acknowledged ${Date.now() - killedAt} ms later`);
  await until('more writes', () => load.acknowledged.length >= atKill + writesAfterKill);
  console.log(await skep(everyone, 'status'));
  const during = await statusOf(everyone);
  check('another member leads', during.leader !== null && during.leader !== victim.name);
  check(
    'the dead one is said to be unreachable',
    during.members.some(({ name, reachable }) => name === victim.name && !reachable),
  );

  say(`${victim.name} comes back`);
  await victim.start();
  await load.stop();
  await until('all three are level', async () => {
    const { members } = await statusOf(everyone);
    return members.every(({ reachable, version }) => reachable && version === members[0]?.version);
  });
  console.log(await skep(everyone, 'status'));

  say('the proof');
  const [first, second, third] = await Promise.all(hosts.map(stateOf));
  check('all three members hold the same state', isDeepStrictEqual(first, second) && isDeepStrictEqual(second, third));
  const ids = new Set((first as { node: { id: string }[] }).node.map(({ id }) => id));
  check(
    `all ${load.acknowledged.length} acknowledged writes are there`,
    load.acknowledged.every((id) => ids.has(id)),
  );
  const { version } = await statusOf(everyone);
  await until('the watcher is level', () => seenVersions.at(-1) === version);
  check(
    `the watcher saw every version from 1 to ${version}, once and in order`,
    isDeepStrictEqual(
      seenVersions,
      Array.from({ length: version }, (_, i) => i + 1),
    ),
  );
  watching.kill('SIGTERM');

  say('a clean end');
  for (const manager of managers) await manager.end('SIGTERM');
  check(
    'every manager ended with exit code 0',
    managers.every((manager) => manager.process?.exitCode === 0),
  );
  await showSecurity({ skepPath, dir, children, say, check });
  await showFleet({ skepPath, dir, children, say, check });
}

const dir = await mkdtemp(join(tmpdir(), 'skep-quickstart-'));
let failure: unknown;
try {
  await main(dir);
} catch (error) {
  failure = error;
} finally {
  for (const child of children) child.kill('SIGKILL');
}
const good = failure === undefined && checks.every(({ holds }) => holds);
say('summary');
for (const { claim, holds } of checks) console.log(`${holds ? '✓' : '✗'} ${claim}`);
if (failure !== undefined)
  console.log(`✗ ${failure instanceof Error ? failure.message : 'something that is no error was thrown'}`);
if (good) await rm(dir, { recursive: true, force: true });
else console.log(`logs and data are left in ${dir}`);
console.log(good ? 'quickstart: all claims hold' : 'quickstart: FAILED');
process.exitCode = good ? 0 : 1;
