import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { Running, skep } from '../support/cli-run.js';
import { enginesAreThere, RealEngines } from '../support/engines.js';
import { TaskWorld } from '../support/task-world.js';

/** Ends at once when it is stopped. */
const loop = (body: string) => ({ args: ['sh', '-c', `trap 'exit 0' TERM; ${body}; sleep 1000 & wait`] });

describe.skipIf(!enginesAreThere())('tasks on a real engine, through managers', { timeout: 60_000 }, () => {
  let engines: RealEngines;
  let world: TaskWorld;

  beforeAll(async () => {
    engines = await RealEngines.start(1);
    world = await TaskWorld.start(2);
    await world.addNode('node-1', { at: engines.all[0]?.address ?? '', driver: 'm2' });
    await world.addService('web');
  }, 120_000);
  afterAll(async () => {
    await world?.close();
    await engines?.stop();
  }, 60_000);

  async function exec(args: readonly string[], { input, size }: { input?: string; size?: [number, number] } = {}) {
    const stdin = Object.assign(new PassThrough(), { isTTY: size !== undefined, setRawMode: () => undefined });
    const [columns, rows] = size ?? [];
    const stdout = Object.assign(new PassThrough(), { columns, rows });
    const stderr = new PassThrough();
    if (input !== undefined) stdin.end(input);
    const outputs = Promise.all([text(stdout), text(stderr)]);
    const { code } = await skep([...world.host, 'exec', ...args], { stdio: { stdin, stdout, stderr } as never });
    stdout.end();
    stderr.end();
    const [out, err] = await outputs;
    return { code, out, err };
  }

  it('runs commands with input, a terminal and its size, and shows logs', async () => {
    await world.addTask('web', 1, 'node-1', loop('echo one; echo two >&2'));
    expect(await exec(['web.1', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
      code: 7,
      out: 'out\n',
      err: 'err\n',
    });
    expect(await exec(['-i', 'web.1', '--', 'wc', '-c'], { input: 'x'.repeat(1_000_000) })).toMatchObject({
      code: 0,
      out: '1000000\n',
    });
    const size = await exec(['-t', 'web.1', '--', 'sh', '-c', 'until [ "$(stty size 2>/dev/null)" = "33 77" ]; do sleep 0.05; done; tty'], { size: [77, 33] }); // prettier-ignore
    expect(size).toMatchObject({ code: 0, out: expect.stringMatching(/^\/dev\/pts\/\d+\r\n$/) });
    expect((await exec(['web.1', '--', 'nothing-like-that'])).code).toBe(126);

    const logs = await skep([...world.host, 'logs', 'web.1']);
    expect(logs).toMatchObject({ code: 0, out: 'web.1@node-1 | one\n', err: 'web.1@node-1 | two\n' });
    const top = await skep([...world.host, 'top', 'web.1']);
    expect(top.out).toMatch(/sleep 1000/);

    const following = new Running([...world.host, 'logs', '-f', '--tail', '2', 'web']);
    await following.until(1); // of two lines, one is on standard error; engines order them as they come
    await world.addTask('web', 2, 'node-1', { ...loop('echo terminal'), tty: true });
    await until('the new task is followed', () => Promise.resolve(following.lines.includes('web.2@node-1 | terminal')));
    await following.interrupt();
    await until('no connection stays', () => Promise.resolve(world.cluster.connections === 0));
  });

  it('finds and fixes what was changed by hand', async () => {
    const drift = async (...flags: string[]) => {
      const { code, out } = await skep([...world.host, '-o', 'json', 'drift', ...flags]);
      return { code, rows: JSON.parse(out) as { kind: string; task: string }[] };
    };
    await world.addService('job');
    const [gone, paused, extra] = [
      await world.addTask('job', 1, 'node-1', loop('true')),
      await world.addTask('job', 2, 'node-1', loop('true')),
      await world.addTask('job', 3, 'node-1', loop('true')),
    ];
    expect(await drift()).toEqual({ code: 0, rows: [] });
    const { docker } = world.node('node-1');
    const idOf = async (task: string) =>
      (await docker.listContainers({ all: true, filters: { label: [`skep.task=${task}`] } }))[0]?.Id ?? '';
    await docker.removeContainer(await idOf(gone), { force: true });
    await docker.pauseContainer(await idOf(paused));
    await world.remove('task', extra);
    const { code, rows } = await drift('--fix', '--yes');
    expect(code).toBe(5); // the driver, which this world does not have, replaces the missing one
    expect(new Set(rows.map(({ kind, task }) => `${kind} ${task}`))).toEqual(
      new Set([`missing ${gone}`, `stopped ${paused}`, `extra ${extra}`]),
    );
    expect((await drift()).rows).toMatchObject([{ kind: 'missing', task: gone }]);
  });
});
