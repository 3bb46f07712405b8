import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, until } from '../waiting.js';
import { type Check, expectSame, expectThat, within } from './check.js';
import { environmentOf, type Ran, runCommand, tellOf } from './command.js';
import { binary, ManagerProcess } from './manager.js';

/** Asks a process of fake engines. */
export interface CrowdQuestion {
  /** Engines to make first. */
  readonly open?: { readonly from: number; readonly to: number };
  /** True asks for each container, not only for their number. */
  readonly lives?: boolean;
}

export interface CrowdAnswer {
  readonly addresses: readonly string[];
  /** Containers in any state. */
  readonly containers: number;
  readonly running: number;
  /** Id and start of each that runs. */
  readonly lives: readonly string[];
}

const engineCount = 100;
const processCount = 4;
const serviceCount = 1_000;
const replicas = 10;
const taskCount = serviceCount * replicas;

/** A hundred fake engines in a few processes. */
class Crowd {
  readonly #children: readonly ChildProcess[];

  private constructor(children: readonly ChildProcess[]) {
    this.#children = children;
  }

  static open(): Crowd {
    const script = join(import.meta.dirname, 'crowd-engines.ts');
    return new Crowd(Array.from({ length: processCount }, () => fork(script, { execArgv: process.execArgv })));
  }

  async engines(): Promise<string[]> {
    const each = engineCount / processCount;
    const answers = await this.#ask((at) => ({ open: { from: at * each, to: (at + 1) * each } }));
    return answers.flatMap(({ addresses }) => addresses);
  }

  async look(lives = false): Promise<{ containers: number; running: number; lives: readonly string[] }> {
    const answers = await this.#ask(() => ({ lives }));
    const sum = (of: (one: CrowdAnswer) => number) => answers.reduce((total, one) => total + of(one), 0);
    return {
      containers: sum((one) => one.containers),
      running: sum((one) => one.running),
      lives: answers.flatMap((one) => one.lives),
    };
  }

  close(): void {
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #ask(question: (at: number) => CrowdQuestion): Promise<CrowdAnswer[]> {
    return Promise.all(
      this.#children.map(async (child, at) => {
        const answered = once(child, 'message') as Promise<[CrowdAnswer]>;
        child.send(question(at));
        return (await answered)[0];
      }),
    );
  }
}

async function managersOf(folder: string, engines: readonly string[]): Promise<ManagerProcess[]> {
  const addrs: string[] = [];
  for (let at = 0; at < 3; at++) addrs.push(`127.0.0.1:${await freePort()}`);
  const args = ['--peers', addrs.join(','), '--fleet', `nodes://${engines.join(',')}`];
  const managers: ManagerProcess[] = [];
  for (const [at, addr] of addrs.entries()) {
    const docker = `127.0.0.1:${await freePort()}`;
    managers.push(new ManagerProcess({ name: `m${at + 1}`, addr, docker, folder, args }));
  }
  return managers;
}

/** Compose file of a thousand services. */
const stack = () => {
  const lines = ['services:'];
  for (let at = 0; at < serviceCount; at++)
    lines.push(`  s${at}: { image: "busybox:latest", command: [sleep, "100000"], deploy: { replicas: ${replicas} } }`);
  return `${lines.join('\n')}\n`;
};

async function many(folder: string, crowd: Crowd, managers: ManagerProcess[]): Promise<string> {
  await Promise.all(managers.map((one) => one.start()));
  const skep = (...args: string[]) => {
    const hosts = managers.filter(({ runs }) => runs).map(({ addr }) => addr);
    const env = environmentOf(folder, { SKEP_HOST: hosts.join(',') });
    return runCommand(process.execPath, [binary, '--timeout', '60s', ...args], { env, cwd: folder });
  };
  const ready = async () => ((await skep('node', 'ls')).out.match(/\bready\b/g) ?? []).length;
  await until('all nodes are ready', async () => (await ready()) === engineCount, 180_000, 3_000);
  await writeFile(join(folder, 'many.yaml'), stack());
  const began = performance.now();
  const applied = await skep('apply', 'many.yaml', '--stack', 'many');
  expectThat(applied.code === 0, tellOf('skep apply', applied));
  let running = 0;
  const all = async () => (running = (await crowd.look()).running) === taskCount;
  await until('all containers run', all, 240_000, 500).catch((error: unknown) => {
    throw new Error(`${String(error)}; ${running} of ${taskCount} run`);
  });
  const tookMs = performance.now() - began;
  await delay(5_000); // reports that are under way
  const before = await crowd.look(true);
  expectSame(before.containers, taskCount, 'containers');
  const { leader: name } = await status(skep);
  await managers.find((one) => one.name === name)?.end('SIGKILL');
  const killed = performance.now();
  await until('another manager leads', async () => ((await status(skep)).leader ?? name) !== name, 120_000, 200);
  const ledMs = performance.now() - killed;
  await delay(25_000); // twice the lease of the manager that is dead: its engines have another one since
  const after = await crowd.look(true);
  const known = new Set(before.lives);
  const changed = after.lives.filter((life) => !known.has(life)).length;
  expectSame([after.containers, after.running, changed], [taskCount, taskCount, 0], 'containers, running, changed');
  const told = within(`${taskCount} containers of ${serviceCount} services run`, tookMs, 20_000);
  return `${told}; ${name} killed, another one led after ${(ledMs / 1_000).toFixed(1)} s; 0 containers changed`;
}

/** Who leads, or nobody while none is known. */
async function status(skep: (...args: string[]) => Promise<Ran>): Promise<{ leader?: string | null }> {
  const { code, out } = await skep('status', '-o', 'json');
  return code === 0 ? (JSON.parse(out) as { leader?: string | null }) : {};
}

/** Many tasks, without real engines. */
export const crowdChecks: readonly Check[] = [
  {
    number: 30,
    says: 'ten thousand tasks run on a hundred engines, and no container changes when the leading manager is killed',
    alone: true,
    async run() {
      const folder = await mkdtemp(join(tmpdir(), 'skep-crowd-'));
      const crowd = Crowd.open();
      let managers: ManagerProcess[] = [];
      try {
        managers = await managersOf(folder, await crowd.engines());
        return await many(folder, crowd, managers);
      } finally {
        await Promise.all(managers.map((one) => one.end('SIGKILL')));
        crowd.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  },
];
