import { messageOf } from '../../src/base/errors.js';
import { settingsDefaults } from '../../src/replica/settings.js';
import type { Arguments } from './arguments.js';
import { checkHistory, emptiness } from './checker/index.js';
import { Cluster } from './cluster.js';
import { DirectDoor } from './doors.js';
import { type Scenario, scenarios } from './faults/index.js';
import { type Operation, passes, readHistory, type Recorder } from './history.js';
import { Load, LoadClient, prefix } from './load.js';
import { Notebook } from './notebook.js';
import { summary } from './summary.js';
import { pause } from './timing.js';
import { Watcher } from './watchers.js';

/** How soon after the last fault a write must succeed, in election timeouts. */
const livenessTimeouts = 10;
/** How long a watcher may take to see the end, milliseconds. */
const watchersMs = 30_000;

/** One run, from the first member to the verdict. Prints what happened; resolves with what was wrong. */
export async function run(
  options: Arguments,
  { dir, recorder, say }: { dir: string; recorder: Recorder; say: (line: string) => void },
): Promise<string[]> {
  const scenario = scenarios[options.scenario];
  const { place } = scenario;
  const cluster = new Cluster({
    dir,
    proxied: scenario.proxied ?? false,
    ...(place && { place: (name: string) => place(dir, name) }),
  });
  const notebook = new Notebook();
  let watchers: Watcher[] = [];
  try {
    for (let i = 0; i < options.members; i++) await cluster.add();
    say(`${options.members} managers; ${options.scenario} for ${options.seconds} s`);
    watchers = [scenario.writesToo ? { prefix } : {}, { prefix }, { prefix: `${prefix}1` }].map(
      (filter, i) => new Watcher(`w${i + 1}`, filter, cluster, recorder),
    );
    const load = new Load(cluster, recorder);
    load.start(options.writers, options.readers);
    await fight(scenario, options.seconds, cluster, notebook);
    await load.stop();
    await settle(cluster, recorder, watchers);
  } catch (error) {
    cluster.problems.push(messageOf(error));
  } finally {
    await Promise.all(watchers.map((watcher) => watcher.stop()));
    recorder.close();
  }
  const logs = cluster.members.filter(({ log }) => log !== '').map(({ name, log }) => `${name} wrote:\n${log}`);
  await cluster.close();
  const history = readHistory(options.history);
  const resumed = watchers.reduce((sum, watcher) => sum + watcher.resumed, 0);
  const resyncs = watchers.reduce((sum, watcher) => sum + watcher.resyncs, 0);
  for (const line of summary(history, notebook, { resumed, resyncs })) say(line);
  const least = Math.max(10, options.seconds);
  const floor = { writes: least, reads: least, watchEvents: least, finals: 3, faults: 1 };
  const problems = [...cluster.problems, ...emptiness(history, notebook.faultCount, floor), ...checkHistory(history)];
  if (problems.length > 0) for (const log of logs) say(log);
  return problems;
}

/** Breaks one thing after another until the time is up; everything is mended when it resolves. */
async function fight(scenario: Scenario, seconds: number, cluster: Cluster, notebook: Notebook): Promise<void> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  await pause(500, signal); // let the load begin
  try {
    for (let turn = 0; !signal.aborted; turn++) await scenario.round({ cluster, notebook, signal }, turn);
  } catch (error) {
    cluster.problems.push(`a fault could not be injected or mended: ${messageOf(error)}`);
  }
  await pause(signal.aborted ? 0 : seconds * 1_000, signal);
}

/** Everything is mended: the cluster must work again, all must become level, and all must be told the same. */
async function settle(cluster: Cluster, recorder: Recorder, watchers: readonly Watcher[]): Promise<void> {
  const began = performance.now();
  const client = new LoadClient(0, cluster, recorder, true);
  let last: Operation[];
  try {
    last = await client.writeLast();
  } finally {
    client.close();
  }
  const { electionTimeoutMs } = settingsDefaults;
  if (last.some(({ result }) => result !== 'ok') || performance.now() - began > livenessTimeouts * electionTimeoutMs)
    cluster.problems.push(
      `writes after the last fault: ${last.map(({ result }) => result).join(', ')} in ${Math.round(performance.now() - began)} ms`,
    );
  await cluster.level();
  const ends = await Promise.allSettled(
    watchers.map((watcher) => {
      const wanted = last.filter(({ key }) => passes(watcher.filter, key)).map(({ rev = 0 }) => rev);
      return watcher.endAfter(Math.max(...wanted), watchersMs);
    }),
  );
  for (const end of ends) if (end.status === 'rejected') cluster.problems.push(messageOf(end.reason));
  for (const { name, addr } of cluster.members) {
    const door = new DirectDoor(name, addr);
    try {
      const { state, rev } = await door.list(prefix, { stale: true });
      recorder.write({ type: 'final', node: name, rev, state });
    } finally {
      door.close();
    }
  }
}
