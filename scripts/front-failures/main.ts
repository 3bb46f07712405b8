/**
 * `npm run front-failures`: three applications that embed a member each, with a singleton, a queue and a controller, and clients
 * with transactions. Members are killed and paused. Exits with 0 only if enough happened and everything was right.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { isStoreError } from 'skep';
import { Client } from 'skep/client';
import { Coordination } from 'skep/coordination';
import { messageOf } from '../../src/base/errors.js';
import { systemRandom } from '../../src/base/random.js';
import { pause } from '../chaos/timing.js';
import { killEverything, Program } from '../first-use/programs.js';
import { freePort, until } from '../waiting.js';
import { brokenBank, brokenController, brokenQueue, brokenSingleton } from './checks.js';
import type { End } from './history.js';
import { accounts, finished, jobs, lists, makings, steps, transfers, wishes } from './kinds.js';
import { accountIds, firstBalance, listIds, Load, wishIds } from './load.js';
import { brokenOrder } from './serial.js';

const usage = 'usage: npm run front-failures -- [--seconds N]   (20)';
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, help: { type: 'boolean' } } });
const seconds = Number(values.seconds);
if (values.help || !(Number.isSafeInteger(seconds) && seconds > 0)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}

const dir = mkdtempSync(join(tmpdir(), 'skep-front-'));
process.on('exit', () => {
  killEverything();
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const problems: string[] = [];
const faults = new Map<string, number>();
const refused = { singleton: 0, queue: 0 };

/** One application, which can be started again. */
class App {
  #program: Program | undefined;
  constructor(
    readonly name: string,
    readonly addr: string,
  ) {}

  start(): void {
    const app = ['--import', import.meta.resolve('tsx'), join(import.meta.dirname, 'app.ts')];
    const args = [...app, this.name, this.addr, addrs.join(','), join(dir, this.name)];
    this.#program = new Program(process.execPath, args, dir);
  }

  async ready(): Promise<void> {
    await this.#program?.line(/^ready$/);
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#program?.signal(signal);
  }

  async kill(): Promise<void> {
    if (this.#program && !this.#program.isRunning) problems.push(`${this.name} ended by itself: ${this.#program.said}`);
    refused.singleton += this.#program?.count(/^refused \d/) ?? 0;
    refused.queue += this.#program?.count(/^refused a late finish/) ?? 0;
    await this.#program?.end('SIGKILL');
  }
}

const addrs: string[] = [];
for (let i = 0; i < 3; i++) addrs.push(`127.0.0.1:${await freePort()}`);
const apps = addrs.map((addr, i) => new App(`m${i + 1}`, addr));
const client = new Client({ hosts: addrs });
const coordination = new Coordination({ client });
const queue = coordination.queue(jobs);
const load = new Load(addrs, 3);

/** Kills or pauses the leader, or another one, until the time is up. All run again when it resolves. */
async function fight(signal: AbortSignal): Promise<void> {
  const turns = ['kill leader', 'pause leader', 'kill other', 'pause other'] as const;
  for (let turn = 0; !signal.aborted; turn++) {
    const what = turns[turn % turns.length] ?? 'kill leader';
    const status = await client.status().catch(() => undefined);
    const leader = apps.find(({ name }) => name === status?.leader);
    const victim = what.endsWith('leader') ? leader : apps.filter((app) => app !== leader)[systemRandom(2)];
    if (!victim) continue;
    faults.set(what, (faults.get(what) ?? 0) + 1);
    if (what.startsWith('kill')) {
      await victim.kill();
      await pause(1_500 + systemRandom(1_500), signal);
      victim.start();
      await victim.ready();
    } else {
      victim.signal('SIGSTOP');
      await pause(2_500 + systemRandom(1_500), signal);
      victim.signal('SIGCONT');
    }
    await pause(500 + systemRandom(1_000), signal);
  }
}

/** Waits until the applications have done all that they can, and reads what there is. */
async function settle(): Promise<End> {
  const all = async <K extends Parameters<Client['list']>[0]>(kind: K) => (await client.list(kind)).objects;
  await until(
    'all jobs are finished and all wishes are made',
    async () => {
      try {
        const [left, made, wished] = [await all(jobs), await all(makings), await all(wishes)];
        return left.length === 0 && wished.every(({ id, n }) => made.some((one) => one.id === id && one.n === n));
      } catch (error) {
        if (isStoreError(error)) return false;
        throw error;
      }
    },
    90_000,
    200,
  ).catch((error: unknown) => void problems.push(messageOf(error)));
  const byId = <T extends { id: string }, V>(objects: readonly T[], value: (one: T) => V) =>
    Object.fromEntries(objects.map((one) => [one.id, value(one)]));
  return {
    lists: byId(await all(lists), (one) => one.values),
    balances: byId(await all(accounts), (one) => one.balance),
    transfers: await all(transfers),
    steps: (await all(steps)).map(({ meta, token, by }) => ({ version: meta.version, token, by })),
    finished: await all(finished),
    wishes: byId(await all(wishes), (one) => one.n),
    makings: byId(await all(makings), (one) => one.n),
  };
}

try {
  for (const app of apps) app.start();
  await Promise.all(apps.map((app) => app.ready()));
  await client.transaction((tx) => {
    for (const id of accountIds) tx.kind(accounts).create({ id, balance: firstBalance });
    for (const id of listIds) tx.kind(lists).create({ id });
    for (const id of wishIds) tx.kind(wishes).create({ id });
  });
  console.log(`3 applications with a member each; kill and pause for ${seconds} s`);
  const signal = AbortSignal.timeout(seconds * 1_000);
  load.start(signal, (id) => queue.put({ id, n: 1 }).then(() => undefined));
  await fight(signal);
  await load.stop();
  const end = await settle();
  for (const app of apps) await app.kill();

  const count = (result: string, of: readonly { result: string }[]) => of.filter((one) => one.result === result).length;
  const runs = new Set(end.steps.map(({ token }) => token)).size;
  const outcomes = (of: readonly { result: string }[]) =>
    ['ok', 'failed', 'unknown'].map((result) => `${result} ${count(result, of)}`).join(', ');
  console.log(`faults: ${[...faults].map(([what, times]) => `${times} × ${what}`).join(', ')}`);
  console.log(`transfers: ${outcomes(load.asked)}; sums read: ${load.sums.length}`);
  console.log(`appends and reads of lists: ${outcomes(load.done)}`);
  console.log(`singleton: ${end.steps.length} steps in ${runs} runs; ${refused.singleton} late runs were refused`);
  console.log(`queue: ${load.jobs.length} jobs; ${refused.queue} late finishes were refused`);
  console.log(`controller: ${Object.values(end.wishes).reduce((sum, n) => sum + n, 0)} wishes`);
  const least: readonly (readonly [string, number, number])[] = [
    ['faults', [...faults.values()].reduce((sum, n) => sum + n, 0), 2],
    ['acknowledged transfers', count('ok', load.asked), seconds],
    ['transactions on lists', count('ok', load.done), seconds],
    ['sums', load.sums.length, 5],
    ['runs of the singleton', runs, 2],
    ['jobs', load.jobs.length, seconds],
  ];
  for (const [what, found, needed] of least)
    if (found < needed) problems.push(`only ${found} ${what}, at least ${needed} are needed`);
  problems.push(...load.problems);
  problems.push(...brokenBank(load.asked, load.sums, firstBalance * accountIds.length, end));
  problems.push(...brokenOrder(load.done, end), ...brokenSingleton(end.steps));
  problems.push(...brokenQueue(load.jobs, end.finished), ...brokenController(end));
} catch (error) {
  problems.push(messageOf(error));
}
for (const problem of problems) console.log(`✗ ${problem}`);
console.log(problems.length === 0 ? 'front-failures: everything holds' : 'front-failures: FAILED');
process.exit(problems.length === 0 ? 0 : 1);
