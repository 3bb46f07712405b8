import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { secondsFrom } from '../../src/cli/commands/logs.js';
import { Running, skep } from '../support/cli-run.js';
import { TaskWorld } from '../support/task-world.js';

const says = (...lines: string[]) => ({
  args: ['sh', '-c', `${lines.map((line) => `echo ${line}`).join('; ')}; sleep 1000`],
});

describe('skep logs', () => {
  let world: TaskWorld;
  const followers: Running[] = [];
  const follow = (args: readonly string[]) => {
    const one = new Running(args);
    followers.push(one);
    return one;
  };
  const logs = (...args: string[]) => skep([...world.host, 'logs', ...args]);

  beforeAll(async () => {
    world = await TaskWorld.start(2);
    await world.addNode('node-1');
    await world.addNode('node-2', { driver: 'm2' });
    await world.addService('shop_web', { 'com.docker.stack.namespace': 'shop' });
    await world.addTask('shop_web', 1, 'node-1', says('one', 'two'));
    await world.addTask('shop_web', 2, 'node-2', {
      args: ['sh', '-c', 'echo three; echo oops >&2; sleep 1000'],
    });
    await world.addService('shop_tty', { 'com.docker.stack.namespace': 'shop' });
    await world.addTask('shop_tty', 1, 'node-1', { ...says('terminal'), tty: true });
    await until('all have written', async () => {
      const { out } = await logs('shop');
      return out.split('\n').filter((line) => line !== '').length === 4;
    });
  });
  afterEach(async () => {
    for (const one of followers.splice(0)) await one.interrupt();
    await until('no connection stays', () => Promise.resolve(world.cluster.connections === 0));
  });
  afterAll(() => world.close());

  it('merges the lines of all tasks of a service, with task and node', async () => {
    const { code, out, err } = await logs('shop_web');
    expect(
      out
        .split('\n')
        .filter((line) => line !== '')
        .sort(),
    ).toEqual(['shop_web.1@node-1 | one', 'shop_web.1@node-1 | two', 'shop_web.2@node-2 | three']);
    expect(err).toBe('shop_web.2@node-2 | oops\n');
    expect(code).toBe(0);
  });

  it('knows stacks, short names and tasks, and those with a terminal', async () => {
    expect((await logs('shop')).out).toContain('shop_tty.1@node-1 | terminal\n');
    expect((await logs('web.2')).out).toBe('shop_web.2@node-2 | three\n');
    expect((await logs('node/node-2')).out).toBe('shop_web.2@node-2 | three\n');
  });

  it('takes the last lines of each task', async () => {
    expect((await logs('--tail', '1', 'web.1')).out).toBe('shop_web.1@node-1 | two\n');
  });

  it('shows times, and lines from a time on', async () => {
    const { out } = await logs('-t', 'web.1');
    const [, first = ''] = /\| (\S+) one\n/.exec(out) ?? [];
    expect(Date.parse(first)).toBeGreaterThan(0);
    expect((await logs('--since', new Date(Date.parse(first) + 60_000).toISOString(), 'web.1')).out).toBe('');
    expect((await logs('--since', '1h', 'web.1')).out).toContain('one');
  });

  it('writes an object a line with -o json', async () => {
    const { out } = await logs('-o', 'json', 'web.2');
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { slot: 2, stream: 'stdout', text: 'three' },
      { slot: 2, stream: 'stderr', text: 'oops' },
    ]);
  });

  it('follows a replacement, and ends when the service is gone', async () => {
    const service = await world.addService('job');
    const first = await world.addTask('job', 1, 'node-1', says('begins'));
    const running = follow([...world.host, 'logs', '-f', 'job']);
    await running.until(1);
    const second = await world.addTask('job', 1, 'node-2', says('goes on'));
    await running.until(2);
    expect(running.lines).toEqual(['job.1@node-1 | begins', 'job.1@node-2 | goes on']);
    for (const [task, node] of [
      [first, 'node-1'],
      [second, 'node-2'],
    ] as const) {
      const { docker } = world.node(node);
      const [container] = await docker.listContainers({ all: true, filters: { label: [`skep.task=${task}`] } });
      await docker.removeContainer(container?.Id ?? '', { force: true });
      await world.remove('task', task);
    }
    await world.remove('service', service);
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  it('opens a followed stream again after a break, and repeats no line', async () => {
    await world.addService('ticks');
    await world.addTask('ticks', 1, 'node-2', { args: ['sh', '-c', 'while true; do echo tick; sleep 0.02; done'] });
    const running = follow([...world.host, 'logs', '-f', '-t', 'ticks']);
    await running.until(3);
    world.node('node-2').engine?.faults.reset();
    const before = running.lines.length;
    await running.until(before + 5);
    const { err, code } = await running.interrupt();
    expect(code).toBe(130);
    expect(err).toMatch(/^skep: ticks\.1@node-2: .*; trying again\n$/);
    const times = running.lines.map((line) => line.split(' ')[2]);
    expect(new Set(times).size).toBe(times.length);
  });

  it('shows the others when one engine cannot be reached, and says so', async () => {
    await world.addNode('node-3', {});
    await world.addService('half');
    await world.addTask('half', 1, 'node-1', says('here'));
    await world.addTask('half', 2, 'node-3', says('there'));
    await world.node('node-3').engine?.faults.kill();
    const { code, out, err } = await logs('half');
    expect(out).toBe('half.1@node-1 | here\n');
    expect(err).toMatch(/^skep: half\.2@node-3: ENGINE_UNREACHABLE: /);
    expect(code).toBe(5);
  });

  it.each([
    [['nobody'], 3, /there is no stack, service or node "nobody"/],
    [['--tail', 'x', 'shop'], 2, /number of lines/],
    [['--since', 'yesterday', 'shop'], 2, /--since must be a time/],
  ] as const)('refuses %j', async (args, code, text) => {
    const ran = await logs(...args);
    expect(ran.code).toBe(code);
    expect(ran.err).toMatch(text);
  });
});

it('reads times and durations', () => {
  expect(secondsFrom('10m', 1_000_000)).toBe('400.000');
  expect(secondsFrom('1970-01-01T00:01:00Z', 0)).toBe('60.000');
});
