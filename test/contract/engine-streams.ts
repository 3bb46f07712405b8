import { expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import type { Bench } from './engine.js';
import { type Following, refusal } from './engine-client.js';

/** What an engine tells while it goes on: events, waits, output, hijacked connections. */
export function streamContract(bench: Bench): void {
  eventContract(bench);
  waits(bench);
  output(bench);
  execs(bench);
}

/** Actions of the events, with the type where it is not a container's. */
const actions = ({ seen }: Following) =>
  seen.map(({ Type, Action }) => (Type === 'container' ? Action : `${Type} ${Action}`));

function eventContract(bench: Bench): void {
  it('tells the life of a container in order', async () => {
    const { c } = bench;
    const events = await c.follow();
    const id = await bench.running(['sleep', '1000'], { Labels: { a: 'b' } });
    await c.pause(id);
    await c.unpause(id);
    await c.rename(id, 'told');
    await c.restart(id, 0);
    await c.kill(id);
    await c.wait(id);
    await bench.becomes(id, 'exited');
    await c.remove(id);
    await until('all is told', () => actions(events).includes('destroy'));
    events.stop();
    expect(actions(events)).toEqual([
      ...['create', 'network connect', 'start', 'pause', 'unpause', 'rename'],
      ...['kill', 'kill', 'die', 'network disconnect', 'stop', 'network connect', 'start', 'restart'],
      ...['kill', 'die', 'network disconnect', 'destroy'],
    ]);
    const [create] = events.seen;
    expect(create).toMatchObject({
      status: 'create',
      id,
      from: 'busybox',
      scope: 'local',
      Actor: { ID: id, Attributes: { image: 'busybox', a: 'b' } },
    });
    const attributes = (action: string) => events.seen.find(({ Action }) => Action === action).Actor.Attributes;
    expect(attributes('rename')).toMatchObject({ name: 'told' });
    expect(attributes('kill')).toMatchObject({ signal: '15', name: 'told' });
    expect(attributes('die')).toMatchObject({ exitCode: '137' });
    expect(attributes('connect')).toEqual({ container: id, name: 'bridge', type: 'bridge' });
  });

  it('gives each event a moment in nanoseconds, later than the one before', async () => {
    const events = await bench.c.follow({ filters: { type: ['container'] } });
    await bench.running(['true']);
    await until('it is told', () => actions(events).includes('die'));
    events.stop();
    const moments = events.seen.map(({ timeNano }) => BigInt(timeNano));
    for (const [at, { time, timeNano }] of events.seen.entries()) {
      expect(timeNano).toMatch(/^\d{19}$/);
      expect(moments[at]! / 1_000_000_000n).toBe(BigInt(time));
      if (at > 0) expect(moments[at]! > moments[at - 1]!).toBe(true);
    }
  });

  it('tells again what happened since a moment, that moment included', async () => {
    const { c } = bench;
    const live = await c.follow({ filters: { type: ['container'] } });
    await bench.made(['true']);
    await bench.made(['true']);
    await bench.made(['true']);
    await until('three are told', () => live.seen.length === 3);
    live.stop();
    const [, second, third] = live.seen;
    const later = await c.follow({ since: second.timeNano, filters: { type: ['container'] } });
    await until('two are told again', () => later.seen.length >= 2);
    later.stop();
    expect(later.seen.slice(0, 2).map(({ timeNano }) => timeNano)).toEqual([second.timeNano, third.timeNano]);
  });

  it('tells only what the filters let through', async () => {
    const { c } = bench;
    const [byEvent, byLabel, byType] = [
      await c.follow({ filters: { event: ['create', 'destroy'] } }),
      await c.follow({ filters: { label: ['tell=me'] } }),
      await c.follow({ filters: { type: ['volume'] } }),
    ];
    const [loud, quiet] = [await bench.made(['true'], { Labels: { tell: 'me' } }), await bench.made(['true'])];
    const byContainer = await c.follow({ filters: { container: [loud] } });
    await c.createVolume({ Name: 'told' });
    await c.remove(quiet);
    await c.remove(loud);
    const ofContainers = () => actions(byEvent).filter((action) => !action.startsWith('volume'));
    await until(
      'all is told',
      () =>
        byContainer.seen.length > 0 && byLabel.seen.length > 1 && byType.seen.length > 0 && ofContainers().length > 3,
    );
    for (const one of [byEvent, byLabel, byType, byContainer]) one.stop();
    expect(ofContainers()).toEqual(['create', 'create', 'destroy', 'destroy']);
    expect(actions(byLabel)).toEqual(['create', 'destroy']);
    expect(actions(byType)).toEqual(['volume create']);
    expect(actions(byContainer)).toEqual(['destroy']);
  });
}

function waits(bench: Bench): void {
  it('waits for the next exit from before the start', async () => {
    const id = await bench.made(['sh', '-c', 'exit 4']);
    const exit = bench.c.wait(id, 'next-exit');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await bench.c.start(id);
    expect(await exit).toBe(4);
  });

  it('waits for nothing where nothing runs', async () => {
    expect(await bench.c.wait(await bench.made(['true']))).toBe(0);
    expect(await refusal(bench.c.wait('nobody'))).toBe('404 No such container: nobody');
  });
}

function output(bench: Bench): void {
  // The two outputs are read apart, so only time puts them in order.
  const talking = ['sh', '-c', 'echo wrong >&2; sleep 0.2; echo one; echo two'];

  it('keeps what a container wrote', async () => {
    const id = await bench.running(talking);
    await bench.becomes(id, 'exited');
    expect(await bench.c.logs(id)).toEqual({ stdout: 'one\ntwo\n', stderr: 'wrong\n' });
    expect(await bench.c.logs(id, { stderr: false })).toEqual({ stdout: 'one\ntwo\n', stderr: '' });
    expect(await bench.c.logs(id, { tail: 1 })).toEqual({ stdout: 'two\n', stderr: '' });
    const { stdout } = await bench.c.logs(id, { timestamps: true });
    expect(stdout).toMatch(/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (one|two)\n){2}$/);
  });

  it('follows a log to the end of the container', async () => {
    const id = await bench.running(['sh', '-c', 'echo begun; sleep 0.3; echo ended']);
    expect((await bench.c.logs(id, { follow: true })).stdout).toBe('begun\nended\n');
  });

  it('has no log of nobody, and none without a stream', async () => {
    expect(await refusal(bench.c.logs('nobody'))).toBe('404 No such container: nobody');
    expect(await refusal(bench.c.logs('nobody', { stdout: false, stderr: false }))).toBe(
      '400 Bad parameters: you must choose at least one stream',
    );
  });

  it('gives both outputs to who is attached', async () => {
    expect(await bench.c.attachAndStart(await bench.made(talking))).toEqual({
      stdout: 'one\ntwo\n',
      stderr: 'wrong\n',
    });
  });

  it('gives input to the process, and its end', async () => {
    const stdin = { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true };
    const id = await bench.made(['cat'], stdin);
    expect(await bench.c.attachAndStart(id, 'hello\nthere\n')).toEqual({ stdout: 'hello\nthere\n', stderr: '' });
    expect(await bench.c.wait(id)).toBe(0);
  });
}

function execs(bench: Bench): void {
  it('runs a command in a container', async () => {
    const id = await bench.running();
    expect(await bench.c.exec(id, ['sh', '-c', 'echo in; echo bad >&2; exit 3'])).toEqual({
      stdout: 'in\n',
      stderr: 'bad\n',
      exitCode: 3,
    });
  });

  it('gives a command its input', async () => {
    expect(await bench.c.exec(await bench.running(), ['cat'], 'typed\n')).toEqual({
      stdout: 'typed\n',
      stderr: '',
      exitCode: 0,
    });
  });

  it('says when there is no such command', async () => {
    const { exitCode, stdout } = await bench.c.exec(await bench.running(), ['nosuch']);
    expect(exitCode).toBe(126);
    expect(stdout).toBe(
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": ' +
        'executable file not found in $PATH: unknown\r\n',
    );
  });

  it('runs nothing in what does not run, and nothing without a command', async () => {
    const id = await bench.made(['true']);
    expect(await refusal(bench.c.exec(id, ['true']))).toBe(`409 Container ${id} is not running`);
    expect(await refusal(bench.c.exec('nobody', ['true']))).toBe('404 No such container: nobody');
    expect(await refusal(bench.c.exec(id, []))).toBe('400 No exec command specified');
    const paused = await bench.running();
    await bench.c.pause(paused);
    expect(await refusal(bench.c.exec(paused, ['true']))).toBe(
      `409 Container ${paused} is paused, unpause the container before exec`,
    );
  });
}
