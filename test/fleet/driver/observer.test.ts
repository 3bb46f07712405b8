import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.js';
import { Observer } from '../../../src/fleet/driver/observer.js';
import {
  type ContainerInspect,
  type ContainerSummary,
  type DockerClient,
  EngineError,
} from '../../../src/fleet/index.js';
import { until } from '../../support/fleet.js';
import { FakeClock } from '../../support/state-clock.js';

const labels = { 'skep.cluster': 'c1', 'skep.task': 't1' };
const inList = (Id: string, State = 'running', Names = [`/web.1.t1`]) =>
  ({
    Id,
    Names,
    Labels: labels,
    State,
    Status: State === 'exited' ? 'Exited (3) now' : 'Up',
    Ports: [],
  }) as unknown as ContainerSummary;
const inDetail = (Id: string, Status: string, Labels: object = labels) =>
  ({
    Id,
    Name: '/web.1.t1',
    State: { Status, ExitCode: 0 },
    Config: { Labels },
    NetworkSettings: {},
  }) as unknown as ContainerInspect;

/** An engine whose answers come when the test says so. */
class SlowEngine {
  readonly asked: {
    readonly what: string;
    readonly answer: (value: unknown) => void;
    readonly fail: (error: Error) => void;
  }[] = [];
  onEvent: (event: object) => void = () => undefined;
  onConnect: () => void = () => undefined;

  readonly client = {
    listContainers: () => this.#ask('list'),
    inspectContainer: (id: string) => this.#ask(`inspect ${id}`),
    startMonitorEvents: (handler: (event: object) => void, options: { onConnect: () => void }) => {
      this.onEvent = handler;
      this.onConnect = options.onConnect;
      return { position: undefined, stop: () => undefined };
    },
  } as unknown as DockerClient;

  #ask(what: string): Promise<unknown> {
    return new Promise((answer, fail) => void this.asked.push({ what, answer, fail }));
  }

  async next(what: string) {
    await until(() => this.asked.some((one) => one.what === what));
    const at = this.asked.findIndex((one) => one.what === what);
    const [found] = this.asked.splice(at, 1);
    if (!found) throw new Error(what);
    return found;
  }
}

function observed() {
  const engine = new SlowEngine();
  const clock = new FakeClock();
  const changes: string[] = [];
  let lists = 0;
  const stop = new AbortController();
  const observer = new Observer({
    ...{ client: engine.client, clusterId: 'c1', clock, random: () => 0, logger: silentLogger },
    times: { listMinMs: 1_000, listMaxMs: 1_000, retryMs: 10 },
    onChange: (id) => void changes.push(id),
    onList: () => void lists++,
  });
  const run = observer.run(stop.signal);
  const end = async () => {
    stop.abort();
    await run;
  };
  return { engine, clock, observer, changes, end, lists: () => lists };
}
const event = (Action: string, ID = 'a') => ({ Type: 'container', Action, Actor: { ID } });

describe('the observer of an engine', () => {
  it('knows nothing for sure before the first list', async () => {
    const { engine, observer, end, lists } = observed();
    expect(observer.listed).toBe(false);
    (await engine.next('list')).answer([inList('a')]);
    await until(() => lists() === 1);
    expect(observer.listed).toBe(true);
    expect(observer.ofTask('t1')).toMatchObject({ id: 'a', state: 'running' });
    await end();
  });

  it('does not believe a slow list what an event has told since', async () => {
    const { engine, observer, end, lists } = observed();
    const list = await engine.next('list');
    engine.onEvent(event('die'));
    (await engine.next('inspect a')).answer(inDetail('a', 'exited'));
    await until(() => observer.ofTask('t1')?.state === 'exited');
    engine.onEvent(event('destroy', 'b'));
    list.answer([inList('a'), inList('b')]);
    await until(() => lists() === 1);
    expect(observer.all.map(({ id, state }) => [id, state])).toEqual([['a', 'exited']]);
    await end();
  });

  it('keeps what was made after a list was asked for', async () => {
    const { engine, observer, end, lists } = observed();
    const list = await engine.next('list');
    observer.created({
      id: 'a',
      name: 'web.1.t1',
      taskId: 't1',
      fills: '',
      state: 'created',
      exitCode: 0,
      volumes: [],
      networks: [],
    });
    list.answer([]);
    await until(() => lists() === 1);
    expect(observer.ofTask('t1')?.state).toBe('created');
    await end();
  });

  it('takes no container back that was removed, from an inspection that began before', async () => {
    const { engine, observer, changes, end, lists } = observed();
    (await engine.next('list')).answer([inList('a')]);
    await until(() => lists() === 1);
    engine.onEvent(event('start'));
    const inspection = await engine.next('inspect a');
    engine.onEvent(event('destroy'));
    expect(observer.ofTask('t1')).toBeUndefined();
    const before = changes.length;
    inspection.answer(inDetail('a', 'running'));
    await Promise.resolve();
    await until(() => engine.asked.length === 0);
    expect([observer.ofTask('t1'), changes.length]).toEqual([undefined, before]);
    await end();
  });

  it('reads a container once more when an event came while it was read', async () => {
    const { engine, observer, end, lists } = observed();
    (await engine.next('list')).answer([]);
    await until(() => lists() === 1);
    engine.onEvent(event('start'));
    engine.onEvent(event('health_status: healthy'));
    engine.onEvent(event('die'));
    (await engine.next('inspect a')).answer(inDetail('a', 'running'));
    (await engine.next('inspect a')).answer(inDetail('a', 'exited'));
    await until(() => observer.ofTask('t1')?.state === 'exited');
    expect(engine.asked).toEqual([]);
    await end();
  });

  it('reads nothing for what happens inside of a container', async () => {
    const { engine, end } = observed();
    for (const action of ['exec_create: true', 'exec_start: true', 'exec_die', 'top', 'attach', 'resize'])
      engine.onEvent(event(action));
    expect(engine.asked.map(({ what }) => what)).toEqual(['list']);
    (await engine.next('list')).answer([]);
    await end();
  });

  it('lists at each connection of the event stream, and after a failure', async () => {
    const { engine, clock, end, lists } = observed();
    (await engine.next('list')).answer([]);
    await until(() => lists() === 1);
    engine.onConnect();
    (await engine.next('list')).fail(new EngineError('TIMEOUT', 'x'));
    await until(() => clock.armed > 0);
    clock.advance(10);
    (await engine.next('list')).answer([]);
    await until(() => lists() === 2);
    engine.onEvent(event('start'));
    (await engine.next('inspect a')).fail(new EngineError('TIMEOUT', 'x'));
    (await engine.next('list')).answer([inList('a')]);
    await until(() => lists() === 3);
    await end();
  });

  it('finds by name only what is of its cluster, and the right one where labels were copied', async () => {
    const { engine, observer, end, lists } = observed();
    (await engine.next('list')).answer([inList('copy', 'running', ['/mine']), inList('a')]);
    await until(() => lists() === 1);
    expect(observer.ofTask('t1')?.id).toBe('a');
    expect(observer.allOfTask('t1')).toHaveLength(2);
    const foreign = observer.byName('web.1.t1');
    (await engine.next('inspect web.1.t1')).answer(inDetail('x', 'running', { 'skep.task': 't1' }));
    expect(await foreign).toBeUndefined();
    expect(observer.allOfTask('t1')).toHaveLength(2);
    await end();
  });
});
