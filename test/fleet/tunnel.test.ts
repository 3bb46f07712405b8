import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deferred } from '../../src/base/deferred.js';
import { until } from '../../scripts/waiting.js';
import { engineRoutesOf } from '../../src/daemon/engine-routes.js';
import { engineDialer } from '../../src/fleet/engine/dial.js';
import { drivers, engines } from '../../src/kinds/index.js';
import { EngineCluster } from '../support/engine-cluster.js';

/** A plain TCP server in the place of an engine: what goes through a tunnel can be seen byte by byte. */
class Peer {
  readonly sockets: Socket[] = [];
  private constructor(private readonly server: Server) {}

  static async open(serve: (socket: Socket) => void): Promise<Peer> {
    const server = createServer({ allowHalfOpen: true });
    const peer = new Peer(server);
    server.on('connection', (socket) => {
      peer.sockets.push(socket);
      socket.on('error', () => undefined);
      serve(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return peer;
  }

  get addr(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get open(): number {
    return this.sockets.filter(({ closed }) => !closed).length;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Closes when the other side does. */
const untilEnd = (socket: Socket) => void socket.resume().once('end', () => socket.end());

describe('a tunnel to an engine', () => {
  let cluster: EngineCluster;
  const peers: Peer[] = [];
  let made = 0;

  beforeAll(async () => {
    cluster = await EngineCluster.start(2);
  });
  afterEach(async () => {
    for (const peer of peers.splice(0)) await peer.close();
    await until('no connection stays', () => Promise.resolve(cluster.connections === 0));
  });
  afterAll(() => cluster.close());

  const [direct, forwarded] = ['m1', 'm2'] as const;

  async function peer(serve: (socket: Socket) => void, driver: string = direct) {
    const opened = await Peer.open(serve);
    peers.push(opened);
    const node = await cluster.addEngine(`node-${++made}`, opened.addr, driver);
    return { peer: opened, node };
  }

  describe.each([
    ['of this member', direct],
    ['of another member', forwarded],
  ])('%s', (_what, driver) => {
    it('carries bytes both ways', async () => {
      const { node } = await peer((socket) => socket.pipe(socket), driver);
      const tunnel = await cluster.client().connectToEngine(node);
      tunnel.end('hello');
      expect((await buffer(tunnel)).toString()).toBe('hello');
    });

    it('keeps one direction open when the other has ended', async () => {
      const answered = deferred<string>();
      const { node } = await peer((socket) => {
        socket.end('first');
        void buffer(socket).then((all) => answered.resolve(all.toString()));
      }, driver);
      const tunnel = await cluster.client().connectToEngine(node);
      let first = '';
      tunnel.on('data', (chunk: Buffer) => (first += chunk.toString()));
      await once(tunnel, 'end');
      expect(first).toBe('first');
      tunnel.end('second');
      expect(await answered.promise).toBe('second');
    });

    it('passes a break of the engine on as an error', async () => {
      const { node, peer: engine } = await peer(() => undefined, driver);
      const tunnel = await cluster.client().connectToEngine(node);
      await until('the engine has it', () => Promise.resolve(engine.sockets.length === 1));
      tunnel.resume();
      const failed = once(tunnel, 'error');
      engine.sockets[0]?.resetAndDestroy();
      expect((await failed)[0]).toMatchObject({
        code: 'ENGINE_UNREACHABLE',
        message: expect.stringContaining(engine.addr),
      });
    });

    it('closes the connection to the engine when it is destroyed', async () => {
      const { node, peer: engine } = await peer(untilEnd, driver);
      const tunnel = await cluster.client().connectToEngine(node);
      await until('the engine has it', () => Promise.resolve(engine.open === 1));
      tunnel.destroy();
      await until('the engine lost it', () => Promise.resolve(engine.open === 0));
    });

    it('stops a writer whose reader is slow, and loses nothing', async () => {
      const total = 24 * 1024 * 1024;
      const { node, peer: engine } = await peer((socket) => socket.pause(), driver);
      const tunnel = await cluster.client().connectToEngine(node);
      const chunk = Buffer.alloc(64 * 1024, 1);
      let sent = 0;
      let blocked = false;
      const write = () => {
        while (sent < total) {
          sent += chunk.length;
          if (!tunnel.write(chunk)) {
            blocked = true;
            tunnel.once('drain', write);
            return;
          }
        }
        tunnel.end();
      };
      write();
      await until('the engine has it', () => Promise.resolve(engine.sockets.length === 1));
      // What waits on the way is in buffers of fixed sizes: far less than everything.
      let before = -1;
      await until('nothing moves', async () => {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return sent === before;
      });
      expect(blocked).toBe(true);
      expect(sent).toBeLessThan(total);
      expect((await buffer(engine.sockets[0] as Socket)).length).toBe(total);
      engine.sockets[0]?.end();
      await buffer(tunnel);
    });

    it('stops an engine whose reader is slow', async () => {
      const total = 24 * 1024 * 1024;
      const { node, peer: engine } = await peer((socket) => {
        socket.end(Buffer.alloc(total, 2));
        socket.resume();
      }, driver);
      const tunnel = await cluster.client().connectToEngine(node);
      await until('the engine has it', () => Promise.resolve(engine.sockets.length === 1));
      const [socket] = engine.sockets;
      let before = -1;
      await until('nothing moves', async () => {
        before = socket?.bytesWritten ?? 0;
        await new Promise((resolve) => setTimeout(resolve, 100));
        return socket?.bytesWritten === before;
      });
      expect(socket?.writableFinished).toBe(false);
      tunnel.end();
      expect((await buffer(tunnel)).length).toBe(total);
    });

    it('takes many small pieces without a stall', async () => {
      const { node } = await peer((socket) => socket.pipe(socket), driver);
      const tunnel = await cluster.client().connectToEngine(node);
      const text = Array.from({ length: 10_000 }, (_, i) => `${i}\n`);
      let turns = 0;
      const counting = setInterval(() => turns++, 1);
      for (const piece of text) tunnel.write(piece);
      tunnel.end();
      expect((await buffer(tunnel)).toString()).toBe(text.join(''));
      clearInterval(counting);
      expect(turns).toBeGreaterThan(0);
    });
  });

  it('is refused for a node without an engine', async () => {
    await expect(cluster.client().connectToEngine('nobody')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'NOT_FOUND: node nobody has no engine that managers drive',
    });
  });

  it('names the engine and the reason when nobody drives it, or it refuses connections', async () => {
    const { node } = await peer(() => undefined);
    const leader = await cluster.members.leader();
    const change = (fields: object) =>
      leader.store.update((tx) => {
        const [engine] = tx.kind(engines).find(engines.by('node', node));
        if (engine) tx.kind(engines).update({ ...engine, ...fields });
      });
    await change({ want: '', error: 'no route to host' });
    await cluster.caughtUp();
    await expect(cluster.client().connectToEngine(node)).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringMatching(/cannot be reached: no manager drives it: no route to host$/),
    });
    await change({ want: 'driver-m1', addr: '127.0.0.1:1' });
    await cluster.caughtUp();
    await expect(cluster.client().connectToEngine(node)).rejects.toMatchObject({
      code: 'ENGINE_UNREACHABLE',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('says which manager does not answer, and does not go in circles', async () => {
    const { node } = await peer(() => undefined);
    const leader = await cluster.members.leader();
    await leader.store.update((tx) => {
      tx.kind(drivers).create({ id: 'driver-gone', member: '999', name: 'gone', addr: '127.0.0.1:1' });
      tx.kind(drivers).create({ id: 'driver-wrong', member: '998', name: 'wrong', addr: leader.addr });
    });
    for (const [want, says] of [
      ['driver-gone', /manager gone, which drives it, does not answer at 127\.0\.0\.1:1/],
      ['driver-wrong', /manager wrong drives it now; try again/],
    ] as const) {
      await leader.store.update((tx) => {
        const [engine] = tx.kind(engines).find(engines.by('node', node));
        if (engine) tx.kind(engines).update({ ...engine, want });
      });
      await cluster.caughtUp();
      await expect(cluster.client().connectToEngine(node)).rejects.toMatchObject({
        code: 'ENGINE_UNREACHABLE',
        message: expect.stringMatching(says),
      });
    }
  });

  it('ends with the client that opened it', async () => {
    const { node, peer: engine } = await peer(untilEnd);
    const client = cluster.client();
    const tunnel = await client.connectToEngine(node);
    const failed = once(tunnel, 'error');
    client.close();
    expect((await failed)[0]).toMatchObject({ code: 'CLOSED' });
    await until('the engine lost it', () => Promise.resolve(engine.open === 0));
  });

  it('gives an attempt up when its caller does', async () => {
    const { node } = await peer(() => undefined);
    const [member] = cluster.members.all;
    const routes = member && engineRoutesOf(member);
    const stop = new AbortController();
    const dialing = deferred<AbortSignal>();
    routes?.dialWith({
      dial: (_engine, signal) => {
        dialing.resolve(signal);
        return new Promise(() => undefined);
      },
    });
    try {
      const opening = cluster.client().connectToEngine(node, { signal: stop.signal });
      const signal = await dialing.promise;
      const aborted = once(signal, 'abort');
      stop.abort(new Error('enough'));
      await expect(opening).rejects.toThrow('enough');
      await aborted;
    } finally {
      routes?.dialWith(engineDialer());
    }
  });
});
