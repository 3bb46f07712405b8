import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/base/ids.js';
import { seededRandom } from '../../src/base/random.js';
import type { WaitReport } from '../../src/cli/wait.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { drivers, leases } from '../../src/kinds/index.js';
import { Folder, openMember, type Ran, type RunOptions, skep } from '../support/cli-run.js';
import { until } from '../support/network-wait.js';
import { PretendFleet } from '../support/pretend-fleet.js';

let member: OpenReplica;
let fleet: PretendFleet;
let folder: Folder;
const random = seededRandom(1);

beforeAll(async () => {
  member = await openMember();
  fleet = new PretendFleet(member.store);
  folder = await Folder.make();
});
afterEach(() => fleet.clear());
afterAll(async () => {
  await fleet.close();
  await member.close();
  await folder.remove();
});

const file = (text: string) => folder.write(`${newId(random)}.yaml`, text);
const run = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  skep(['--host', member.addr ?? '', ...args], { clock: fleet.clock, ...options });
const apply = async (text: string, ...args: string[]): Promise<Ran> =>
  run(['apply', await file(text), '--stack', 'shop', '--wait', ...args]);
/** Runs tasks for as long as the waiting command watches new ones. */
const watchedFor = (ms: number) => fleet.clock.advance(ms);
const lines = (text: string) => text.trimEnd().split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | ')); // prettier-ignore

const quick = 'deploy: {replicas: 2, update_config: {monitor: 0s}}';

describe('skep apply --wait', () => {
  it('waits until all tasks run, and says what is published where: 0', async () => {
    await fleet.addNodes('n1', 'n2');
    const text =
      `services:\n  web: {image: i, ports: ["8080:80"], ${quick}}\n` +
      `  db: {image: i, ports: [{target: 5432, published: 5432, mode: host}], deploy: {update_config: {monitor: 0s}}}\n`;
    const { code, out, err } = await apply(text);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [, waited = '', published = ''] = out.split('\n\n');
    expect(lines(waited)).toEqual(['SERVICE | TASKS | STATE | REASON', 'shop_web | 2/2 | running', 'shop_db | 1/1 | running']); // prettier-ignore
    expect(lines(published)).toEqual([
      'PUBLISHED | SERVICE | AT',
      '8080/tcp | shop_web port 80 | every manager with --ingress',
      expect.stringMatching(/^5432\/tcp \| shop_db port 5432 \| n[12]$/) as string,
    ]);
  });

  it('names the managers that publish ingress ports', async () => {
    await fleet.addNodes('n1');
    await member.store.update((tx) => {
      tx.kind(leases).create({ id: 'l', ttlMs: 3_600_000 });
      for (const n of [2, 1, 3])
        tx.kind(drivers).create({ id: `d${n}`, member: `${n}`, ingress: n === 3 ? '' : `10.0.0.${n}`, lease: 'l' });
    });
    const { out } = await apply(`services:\n  web: {image: i, ports: ["8080:80"], ${quick}}\n`);
    expect(lines(out).at(-1)).toBe('8080/tcp | shop_web port 80 | 10.0.0.1, 10.0.0.2');
    await member.store.update((tx) => {
      tx.kind(leases).delete('l');
    });
  });

  it('prints one answer as JSON', async () => {
    await fleet.addNodes('n1');
    const { code, out } = await apply(`services:\n  web: {image: i, ${quick}}\n`, '-o', 'json');
    expect(code).toBe(0);
    const report = JSON.parse(out) as WaitReport & { changes: object[] };
    expect(report).toMatchObject({
      outcome: 'converged',
      services: [{ name: 'shop_web', wanted: 2, done: 2, phase: 'done' }],
      published: [],
    });
    expect(report.changes).toMatchObject([{ name: 'shop_default' }, { name: 'shop_web' }]);
  });

  it('watches new tasks for a while, and is done at once when nothing differs', async () => {
    await fleet.addNodes('n1');
    const text = 'services:\n  web: {image: i}\n';
    let ended = false;
    const first = apply(text).finally(() => (ended = true));
    await until('the task runs', () => fleet.tasks().some(({ status }) => status.state === 'running'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(ended).toBe(false);
    watchedFor(5_000);
    expect((await first).code).toBe(0);
    expect(await apply(text)).toMatchObject({ code: 0, err: 'stack shop: nothing differs\n' });
  });

  it('counts one-shot services and jobs when they are complete', async () => {
    await fleet.addNodes('n1', 'n2');
    fleet.fate = (task) => (task.serviceAnnotations.name === 'shop_web' ? 'run' : 'complete');
    const text =
      'services:\n  web: {image: i, deploy: {update_config: {monitor: 0s}}}\n' +
      '  init: {image: i, deploy: {restart_policy: {condition: none}}}\n' +
      '  job: {image: i, deploy: {mode: replicated-job, replicas: 3}}\n' +
      '  each: {image: i, deploy: {mode: global-job}}\n';
    const { code, out, err } = await apply(text);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines(out).slice(-4)).toEqual([
      'shop_web | 1/1 | running',
      'shop_init | 1/1 | complete',
      'shop_job | 3/3 | complete',
      'shop_each | 2/2 | complete',
    ]);
  });

  it('ends when an update is paused, with the task and what to do: 3', async () => {
    await fleet.addNodes('n1');
    await apply(`services:\n  web: {image: i, ${quick}}\n`);
    fleet.fate = (task) => (task.spec.container?.image === 'bad' ? 'reject' : 'run');
    const { code, out, err } = await apply('services:\n  web: {image: bad, deploy: {replicas: 2}}\n');
    expect(code).toBe(3);
    expect(lines(out).at(-1)).toMatch(/^shop_web \| 0\/2 \| stopped \| update paused due to failure/);
    expect(err).toMatch(/^skep: shop_web stopped at 0 of 2: update paused .*; .*skep service rollback shop_web\n$/);
  });

  it('ends when an update was rolled back: 3', async () => {
    await fleet.addNodes('n1');
    const rolling = (image: string) =>
      `services:\n  web: {image: ${image}, deploy: {update_config: {failure_action: rollback, monitor: 0s}, rollback_config: {monitor: 0s}}}\n`;
    await apply(rolling('i'));
    fleet.fate = (task) => (task.spec.container?.image === 'bad' ? 'reject' : 'run');
    const { code, err } = await apply(rolling('bad'));
    expect({ code, err }).toMatchObject({
      code: 3,
      err: expect.stringContaining('the update was rolled back') as string,
    });
    expect(await apply(rolling('i'))).toMatchObject({ code: 0 }); // that is what runs
  });

  it('ends when a task failed for good: 3', async () => {
    await fleet.addNodes('n1');
    fleet.fate = () => 'fail';
    const { code, out } = await apply('services:\n  web: {image: i, deploy: {restart_policy: {condition: none}}}\n');
    expect(code).toBe(3);
    expect(lines(out).at(-1)).toBe('shop_web | 0/1 | stopped | shop_web.1 failed: task: non-zero exit (1)');
  });

  it('takes a stack that fits nowhere, and says why it waits: 4', async () => {
    await fleet.addNodes('n1');
    const text = `services:\n  web: {image: i, ${quick}}\n  big: {image: i, deploy: {placement: {constraints: [node.labels.a == b]}}}\n`;
    const waiting = apply(text);
    await until('a task is pending', () => fleet.tasks().some(({ status }) => status.state === 'pending'));
    await until('the others run', () => fleet.tasks().filter(({ status }) => status.state === 'running').length === 2);
    const moving = setInterval(() => watchedFor(1_000), 20);
    const { code, out, err } = await waiting.finally(() => clearInterval(moving));
    expect(code).toBe(4);
    const why = 'no suitable node (scheduling constraints not satisfied on 1 node)';
    expect(lines(out).slice(-2)).toEqual(['shop_web | 2/2 | running', `shop_big | 0/1 | waits for a node | shop_big.1 pending: ${why}`]); // prettier-ignore
    expect(err).toBe(`skep: shop_big runs 0 of 1: shop_big.1 pending: ${why}; see skep explain shop_big\n`);
    expect(member.store.view((tx) => tx.services().find())).toHaveLength(2);
  });

  it('gives up after its time, and names the worst task: 4', async () => {
    await fleet.addNodes('n1');
    fleet.fate = () => 'fail';
    const shown: (readonly string[])[] = [];
    const screen = { show: (now: readonly string[]) => void shown.push(now) };
    const path = await file('services:\n  web: {image: i}\n');
    const waiting = run(['apply', path, '--stack', 'shop', '--wait=1h'], { screen });
    await until('a failure is seen', () => shown.at(-1)?.[0]?.includes('non-zero exit') === true);
    fleet.fate = () => 'hang';
    watchedFor(3_600_000);
    const { code, err } = await waiting;
    expect(code).toBe(4);
    expect(err).toMatch(
      /^skep: shop_web is not done after 1h0m0s, at 0 of 1: shop_web.1 .*; see skep explain shop_web\n$/,
    );
  });

  it('goes on without the command after ^C: 130', async () => {
    await fleet.addNodes('n1');
    fleet.fate = () => 'hang';
    const stop = new AbortController();
    const path = await file('services:\n  web: {image: i}\n');
    let said = '';
    const onOut = (text: string) => void (said += text);
    const running = run(['apply', path, '--stack', 'shop', '--wait'], { signal: stop.signal, onOut });
    await until('it has its answer, and there is a task', () => said !== '' && fleet.tasks().length > 0);
    stop.abort();
    const { code, err } = await running;
    expect({ code, err }).toEqual({
      code: 130,
      err: 'detached: the change is made, and goes on without this command\n',
    });
    fleet.fate = () => 'run';
    await until('the task runs', () => fleet.tasks().some(({ status }) => status.state === 'running'));
  });

  it('draws a bar for each service on a terminal, and takes it away at the end', async () => {
    await fleet.addNodes('n1');
    const shown: (readonly string[])[] = [];
    const path = await file(`services:\n  web: {image: i, ${quick}}\n  b: {image: i, ${quick}}\n`);
    fleet.fate = () => (shown.length === 0 ? 'hang' : 'run');
    const screen = { show: (now: readonly string[]) => void shown.push(now) };
    expect((await run(['apply', path, '--stack', 'shop', '--wait'], { screen })).code).toBe(0);
    expect(shown.at(-1)).toEqual([]);
    expect(shown.at(-2)).toEqual([
      'shop_web  [████████████████████]  2/2  running',
      'shop_b    [████████████████████]  2/2  running',
    ]);
    expect(shown[0]?.[0]).toMatch(/^shop_web {2}\[░{20}\] {2}0\/2 {2}in progress/);
  });

  it('takes a time behind --wait, and no file for one', async () => {
    expect((await run(['apply', '--wait', 'nothere.yaml'])).err).toContain('nothere.yaml');
    expect((await run(['apply', '--wait=soon', 'x.yaml'])).err).toContain('Give a time of at least 1ms');
    expect((await run(['apply', '--wait', '5s'])).err).toContain('no Compose file is given');
    expect((await run(['apply', '--wait', '--dry-run', 'x.yaml'])).err).toContain('leave out --wait');
  });
});
