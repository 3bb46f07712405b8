import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { DockerClient, type EngineEvent, type EventHandler, type MonitorOptions } from '../../../src/fleet/index.js';
import { EngineServer } from '../../support/engine-server.js';
import { FakeClock } from '../../support/state-clock.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

const second = 1_796_021_723;
const date = new Date(second * 1_000).toUTCString();

/** An event `nanos` after a moment that no number holds to the digit. */
const event = (nanos: number, action = 'start', id = 'c1') =>
  `{"Type":"container","Action":"${action}","Actor":{"ID":"${id}"},"time":${second},"timeNano":${second}${String(nanos).padStart(9, '0')}}`;

/** An engine whose event streams a test writes and ends. */
class Scene {
  readonly clock = new FakeClock();
  /** Answers of `GET /events`, in order. */
  readonly streams: ServerResponse[] = [];
  readonly heard: string[] = [];
  readonly errors: unknown[] = [];
  connects = 0;
  server!: EngineServer;
  client!: DockerClient;
  /** Statuses of the next streams; then 200. */
  readonly statuses: number[] = [];

  static async open(): Promise<Scene> {
    const scene = new Scene();
    scene.server = await EngineServer.open((_, response) => {
      response.writeHead(scene.statuses.shift() ?? 200, { date });
      response.flushHeaders();
      scene.streams.push(response);
      if (response.statusCode !== 200) response.end('{"message":"not now"}');
    });
    undo.push(() => scene.server.close());
    scene.client = new DockerClient({ address: scene.server.addr, clock: scene.clock, apiVersion: '1.41' });
    undo.push(() => scene.client.close());
    return scene;
  }

  start(options: MonitorOptions = {}, handler?: EventHandler) {
    const hear = (one: EngineEvent) => void this.heard.push(`${one.Action} ${one.timeNano?.slice(-9)}`);
    return this.client.startMonitorEvents(handler ?? hear, {
      onError: (error) => this.errors.push(error),
      onConnect: () => this.connects++,
      ...options,
    });
  }

  async connected(times: number): Promise<void> {
    await until(`connection ${times}`, () => this.connects === times);
  }

  write(text: string | Buffer): void {
    this.streams.at(-1)?.write(text);
  }

  async hears(...events: string[]): Promise<void> {
    await until(`${events.length} events`, () => this.heard.length >= events.length);
    expect(this.heard).toEqual(events);
  }

  /** Ends the stream, and lets the wait before the next connection pass. */
  async breakAndReconnect(waitMs = 1_000): Promise<void> {
    const { connects, errors } = this;
    const before = errors.length;
    this.server.cut();
    await until('the break is noticed', () => errors.length > before && this.clock.armed > 0);
    this.clock.advance(waitMs);
    await this.connected(connects + 1);
  }
}

describe('startMonitorEvents', () => {
  it('delivers events with and without newlines, in pieces, with the digits of timeNano', async () => {
    const scene = await Scene.open();
    const whole: EngineEvent[] = [];
    scene.start({ filters: { type: ['container'] } }, (one) => whole.push(one));
    await scene.connected(1);
    const bytes = Buffer.from(`${event(1, 'die', '🐳')}${event(2)}\n${event(3)}`);
    for (const byte of bytes) scene.write(Buffer.from([byte]));
    await until('three events', () => whole.length === 3);
    expect(whole[0]).toMatchObject({ Action: 'die', Actor: { ID: '🐳' }, timeNano: `${second}000000001` });
    expect(scene.server.lines).toEqual([`GET /v1.41/events?filters=${encodeURIComponent('{"type":["container"]}')}`]);
  });

  it('goes on from the last event after a break, and delivers none twice', async () => {
    const scene = await Scene.open();
    const monitor = scene.start();
    await scene.connected(1);
    scene.write(event(7, 'create') + event(7, 'start') + event(7, 'start', 'c2'));
    await scene.hears('create 000000007', 'start 000000007', 'start 000000007');
    await scene.breakAndReconnect();
    expect(scene.server.lines.at(-1)).toBe(`GET /v1.41/events?since=${second}.000000007`);
    scene.write(event(7, 'create') + event(7, 'start') + event(7, 'start', 'c2') + event(7, 'die') + event(8));
    await scene.hears('create 000000007', 'start 000000007', 'start 000000007', 'die 000000007', 'start 000000008');
    expect(monitor.position).toBe(`${second}000000008`);
  });

  it('delivers an event twice that the engine made twice', async () => {
    const scene = await Scene.open();
    scene.start();
    await scene.connected(1);
    scene.write(event(7) + event(7));
    await scene.hears('start 000000007', 'start 000000007');
  });

  it('does not lose its place when an engine sends events slightly out of order', async () => {
    const scene = await Scene.open();
    scene.start();
    await scene.connected(1);
    scene.write(event(9) + event(8));
    await scene.hears('start 000000009', 'start 000000008');
    await scene.breakAndReconnect();
    scene.write(event(9) + event(8) + event(10));
    await scene.hears('start 000000009', 'start 000000008', 'start 000000010');
  });

  it('goes on from the time of the engine when a stream broke before its first event', async () => {
    const scene = await Scene.open();
    scene.start();
    await scene.connected(1);
    await scene.breakAndReconnect();
    expect(scene.server.lines.at(-1)).toBe(`GET /v1.41/events?since=${second}.000000000`);
  });

  it('begins where it is told, and refuses what is no moment', async () => {
    const scene = await Scene.open();
    scene.start({ since: `${second}000000005` });
    await scene.connected(1);
    expect(scene.server.lines).toEqual([`GET /v1.41/events?since=${second}.000000005`]);
    expect(() => scene.start({ since: '1.5' })).toThrow(TypeError);
  });

  it('waits a second longer after each failure, ten at most, and one again after a success', async () => {
    const scene = await Scene.open();
    scene.statuses.push(...Array.from({ length: 12 }, () => 503));
    scene.start();
    for (const [i, waitS] of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10].entries()) {
      await until('it waits', () => scene.errors.length === i + 1 && scene.clock.armed === 1);
      scene.clock.advance(waitS * 1_000 - 1);
      expect(scene.clock.armed).toBe(1);
      expect(scene.streams).toHaveLength(i + 1);
      scene.clock.advance(1);
    }
    await scene.connected(1);
    expect(scene.errors[0]).toMatchObject({ code: 'SERVER_ERROR', engineMessage: 'not now' });
    await scene.breakAndReconnect(1_000);
  });

  it('has one reader after stop and start: nothing comes twice', async () => {
    const scene = await Scene.open();
    for (let n = 1; n <= 3; n++) {
      scene.start();
      await scene.connected(n);
      if (n < 3) scene.client.stopAllMonitorEvents();
    }
    for (const stream of scene.streams) stream.write(event(1));
    await scene.hears('start 000000001');
    await until('the old streams are closed', () => scene.server.sockets.size === 1);
    scene.clock.advance(60_000);
    scene.write(event(2));
    await scene.hears('start 000000001', 'start 000000002');
    expect(scene.server.lines).toHaveLength(3);
  });

  it('delivers nothing more once it is stopped, not even what has arrived', async () => {
    const scene = await Scene.open();
    const heard: unknown[] = [];
    const monitor = scene.start({}, (one) => {
      heard.push(one);
      monitor.stop();
    });
    await scene.connected(1);
    scene.write(event(1) + event(2) + event(3));
    await until('the stream is closed', () => scene.server.sockets.size === 0);
    expect(heard).toHaveLength(1);
    expect(scene.errors).toEqual([]);
    expect(scene.clock.armed).toBe(0);
  });

  it('ends while it waits to connect again', async () => {
    const scene = await Scene.open();
    scene.statuses.push(500);
    const monitor = scene.start();
    await until('it waits', () => scene.errors.length === 1 && scene.clock.armed === 1);
    monitor.stop();
    expect(scene.clock.armed).toBe(0);
    scene.clock.advance(60_000);
    expect(scene.server.lines).toHaveLength(1);
  });

  it('survives handlers that throw or reject', async () => {
    const scene = await Scene.open();
    let calls = 0;
    scene.start(
      {
        onError: (error) => {
          scene.errors.push(error);
          throw new Error('so does this one');
        },
      },
      () => {
        if (++calls === 1) throw new Error('thrown');
        return Promise.reject(new Error('rejected'));
      },
    );
    await scene.connected(1);
    scene.write(event(1) + event(2));
    await until('both are reported', () => scene.errors.length === 2);
    expect(scene.errors.map(String)).toEqual(['Error: thrown', 'Error: rejected']);
    expect(scene.server.sockets.size).toBe(1);
  });

  it.each([
    ['longer than a MiB', `{"a":"${'x'.repeat(1024 * 1024)}"}`],
    ['no JSON', '<html>'],
    ['no event', '{a}'],
  ])('begins anew behind what is %s, which would come again', async (_, text) => {
    const scene = await Scene.open();
    scene.start();
    await scene.connected(1);
    scene.write(event(1));
    await scene.hears('start 000000001');
    scene.write(text);
    await until('it is reported', () => scene.errors.length === 1 && scene.clock.armed > 0);
    expect(scene.errors[0]).toMatchObject({ code: 'BAD_ANSWER' });
    scene.clock.advance(1_000);
    await scene.connected(2);
    expect(scene.server.lines.at(-1)).toBe('GET /v1.41/events');
    scene.write(event(2));
    await scene.hears('start 000000001', 'start 000000002');
  });

  it('connects again when an engine ends the stream in good order, or sends no headers in time', async () => {
    const scene = await Scene.open();
    scene.start();
    await scene.connected(1);
    scene.streams[0]?.end();
    await until('it is reported', () => scene.errors.length === 1 && scene.clock.armed > 0);
    expect(scene.errors[0]).toMatchObject({ code: 'UNREACHABLE' });
    scene.clock.advance(1_000);
    await scene.connected(2);
  });

  it('reads events of engines before 1.10', async () => {
    const scene = await Scene.open();
    const heard: EngineEvent[] = [];
    const monitor = scene.start({}, (one) => heard.push(one));
    await scene.connected(1);
    scene.write(`{"status":"start","id":"c1","from":"busybox","time":${second}}`);
    await until('it is heard', () => heard.length === 1);
    expect(monitor.position).toBe(`${second}000000000`);
  });
});
