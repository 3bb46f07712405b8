import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.js';
import type { Logger } from '../../../src/base/log.js';
import { openIngress } from '../../../src/daemon/ingress.js';
import { type IngressPort, IngressProxy } from '../../../src/fleet/ingress/index.js';
import { MemoryStore } from '../../../src/state/index.js';
import { FakeClock } from '../../support/state-clock.js';

const host = '127.0.0.1';
const warnings: string[] = [];
const logger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, facts) => warnings.push(`${message} ${JSON.stringify(facts)}`),
  error: () => undefined,
};
const cleanups: (() => void)[] = [];

beforeEach(() => {
  warnings.length = 0;
});
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

async function listening(answer: (socket: Socket) => void, options: object = {}): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, ...options }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    answer(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = await listening(() => undefined);
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

/** A server that answers a request, which ends with its sender's half, with its name and the request. */
const echo = (name: string) =>
  listening((socket) => {
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.on('end', () => socket.end(`${name}:${Buffer.concat(received).toString()}`));
  });

/** Sends a text, ends its half, and returns everything that comes back. */
async function ask(port: number, text: string): Promise<string> {
  const socket = connect({ host, port, allowHalfOpen: true });
  cleanups.push(() => socket.destroy());
  socket.end(text);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk as Buffer);
  return Buffer.concat(received).toString();
}

const target = (taskId: string, port: number) => ({ taskId, host, port });
const web = (port: number, targets: IngressPort['targets'], parts: Partial<IngressPort> = {}): IngressPort => ({
  service: 'web',
  serviceId: 'web-id',
  port,
  protocol: 'tcp',
  targets,
  ...parts,
});

function proxyOf(options: { connectionsMax?: number; clock?: FakeClock } = {}): IngressProxy {
  const proxy = new IngressProxy({ host, clock: systemClock, logger, ...options });
  cleanups.push(() => proxy.close());
  return proxy;
}

/** Waits until something listens. */
async function published(port: number): Promise<void> {
  await expect
    .poll(
      async () => {
        const socket = connect({ host, port });
        const result = await Promise.race([
          once(socket, 'connect').then(() => true),
          once(socket, 'error').then(() => false),
        ]).catch(() => false);
        socket.on('error', () => undefined);
        socket.destroy();
        return result;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
}

describe('an ingress proxy', () => {
  it('spreads connections over the tasks, and lets each direction end by itself', async () => {
    const [a, b] = [await echo('a'), await echo('b')];
    const [port, proxy] = [await freePort(), proxyOf()];
    proxy.set([web(port, [target('ta', portOf(a)), target('tb', portOf(b))])]);
    await published(port);
    const answers = [];
    for (let i = 0; i < 6; i++) answers.push(await ask(port, `q${i}`));
    expect(answers.map((answer) => answer.slice(1))).toEqual([0, 1, 2, 3, 4, 5].map((i) => `:q${i}`));
    expect(answers.filter((answer) => answer.startsWith('a'))).toHaveLength(3);
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('goes on to the next task where one does not take the connection', async () => {
    const [a, gone, port] = [await echo('a'), await freePort(), await freePort()];
    const proxy = proxyOf();
    proxy.set([web(port, [target('gone', gone), target('ta', portOf(a))])]);
    await published(port);
    for (let i = 0; i < 4; i++) expect(await ask(port, 'q')).toBe('a:q');
    expect(warnings).toEqual([]);
  });

  it('ends the connection, with a warning, where no task takes it', async () => {
    const [gone, port] = [await freePort(), await freePort()];
    const proxy = proxyOf();
    proxy.set([web(port, [target('gone', gone)])]);
    await expect.poll(() => ask(port, 'q').catch((error: NodeJS.ErrnoException) => error.code)).toBe('ECONNRESET');
    expect(warnings.join()).toMatch(/no task takes a connection .*"service":"web".*gone at 127\.0\.0\.1/);
    proxy.set([web(port, [])]);
    await expect(ask(port, 'q')).rejects.toThrow();
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('lets open connections go on when their task or their port goes, and gives the task no new ones', async () => {
    const [a, b] = [await echo('a'), await echo('b')];
    const [port, proxy] = [await freePort(), proxyOf()];
    proxy.set([web(port, [target('ta', portOf(a))])]);
    await published(port);
    const socket = connect({ host, port, allowHalfOpen: true });
    cleanups.push(() => socket.destroy());
    socket.write('begun ');
    await expect.poll(() => proxy.open).toBe(1);
    await expect.poll(async () => (await connectionsOf(a)) > 0).toBe(true);
    proxy.set([web(port, [target('tb', portOf(b))])]);
    expect(await ask(port, 'q')).toBe('b:q');
    proxy.set([]);
    await expect(ask(port, 'q')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    socket.end('and ended');
    const received: Buffer[] = [];
    for await (const chunk of socket) received.push(chunk as Buffer);
    expect(Buffer.concat(received).toString()).toBe('a:begun and ended');
  });

  it('takes no more from a sender than its task reads', async () => {
    const readers: Socket[] = [];
    const slow = await listening((socket) => readers.push(socket), { pauseOnConnect: true });
    const [port, proxy] = [await freePort(), proxyOf()];
    proxy.set([web(port, [target('slow', portOf(slow))])]);
    await published(port);
    await expect.poll(() => readers.length).toBe(1);
    const socket = connect({ host, port });
    cleanups.push(() => socket.destroy());
    const whole = 64 * 1024 * 1024;
    socket.end(Buffer.alloc(whole, 1));
    await expect.poll(() => readers.length).toBe(2);
    const [, reader] = readers;
    // What nobody reads stays with the sender: buffers of the system hold far less than this.
    let before = -1;
    await expect
      .poll(
        () => {
          const still = socket.bytesWritten - socket.writableLength === before;
          before = socket.bytesWritten - socket.writableLength;
          return still;
        },
        { interval: 100 },
      )
      .toBe(true);
    let read = 0;
    expect(socket.writableFinished).toBe(false);
    reader?.on('data', (chunk: Buffer) => (read += chunk.length));
    reader?.resume();
    await expect.poll(() => read, { timeout: 20_000 }).toBe(whole);
  });

  it('ends what is above its limit of connections', async () => {
    const held = await listening((socket) => socket.resume(), { allowHalfOpen: false });
    const [port, proxy] = [await freePort(), proxyOf({ connectionsMax: 2 })];
    proxy.set([web(port, [target('t', portOf(held))])]);
    await published(port);
    await expect.poll(() => proxy.open).toBe(0);
    const sockets = [1, 2].map(() => connect({ host, port }));
    for (const socket of sockets) cleanups.push(() => socket.destroy());
    await expect.poll(() => proxy.open).toBe(2);
    await expect(ask(port, 'q')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(warnings.join()).toContain('too many connections {"service":"web"');
    sockets[0]?.destroy();
    await expect.poll(() => proxy.open).toBe(1);
  });

  it('says which port is taken, and publishes it once it is free', async () => {
    const clock = new FakeClock();
    const other = await listening(() => undefined);
    const a = await echo('a');
    const [port, proxy] = [portOf(other), proxyOf({ clock })];
    proxy.set([web(port, [target('ta', portOf(a))])]);
    await expect
      .poll(() => proxy.problems.get(port))
      .toContain(`cannot listen on 127.0.0.1:${port}: the port is taken`);
    expect(warnings).toHaveLength(1);
    clock.advance(10_000);
    await expect.poll(() => clock.armed).toBe(1);
    expect(warnings).toHaveLength(1);
    other.close();
    await once(other, 'close');
    clock.advance(10_000);
    await published(port);
    expect(proxy.problems.size).toBe(0);
  });

  it('warns once of a protocol that it does not serve', () => {
    const proxy = proxyOf();
    const udp = web(53, [], { protocol: 'udp', service: 'dns' });
    proxy.set([udp]);
    proxy.set([udp]);
    expect(warnings).toEqual([
      'cannot publish a port of a service: only tcp is proxied; use the mode host {"service":"dns","port":53,"protocol":"udp"}',
    ]);
  });
});

const connectionsOf = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

describe('a manager with ingress', () => {
  it('answers every connection while tasks roll', async () => {
    const store = new MemoryStore();
    const port = await freePort();
    const start = async (id: string) => {
      const server = await echo(id);
      await store.update((tx) => {
        const ports = [{ targetPort: 80, publishedPort: portOf(server) }];
        tx.tasks().create({
          id,
          serviceId: 'web',
          nodeId: 'n1',
          desiredState: 'running',
          status: { state: 'running', ports },
        });
      });
      return server;
    };
    await store.update((tx) => {
      tx.nodes().create({ id: 'n1', engine: { addr: `${host}:2375` } });
      tx.services().create({
        id: 'web',
        spec: { annotations: { name: 'web' }, endpoint: { ports: [{ targetPort: 80, publishedPort: port }] } },
      });
    });
    const servers = new Map([['t0', await start('t0')]]);
    const ingress = openIngress({ store, listen: host, logger, clock: systemClock });
    cleanups.push(() => ingress.close());
    await published(port);

    const answered = new Map<string, number>();
    let rolling = true;
    const client = async () => {
      while (rolling) {
        const name = (await ask(port, 'q')).split(':')[0] ?? '';
        answered.set(name, (answered.get(name) ?? 0) + 1);
      }
    };
    const clients = [client(), client(), client()];
    for (let i = 1; i <= 5; i++) {
      const [id, old] = [`t${i}`, `t${i - 1}`];
      servers.set(id, await start(id));
      await expect.poll(() => answered.get(id) ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
      await store.update((tx) => {
        const task = tx.tasks().get(old);
        if (task) tx.tasks().update({ ...task, desiredState: 'shutdown' });
      });
      // As a container that ends by itself: it answers what it has taken, and takes no more once the proxy knows.
      await expect.poll(async () => connectionsOf(servers.get(old) as Server)).toBe(0);
      const count = answered.get(old);
      await expect.poll(() => answered.get(id) ?? 0, { timeout: 10_000 }).toBeGreaterThan(20);
      expect(answered.get(old)).toBeLessThanOrEqual((count ?? 0) + clients.length);
      servers.get(old)?.close();
    }
    rolling = false;
    await Promise.all(clients);
    expect([...answered.keys()].sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5']);
    expect(warnings.filter((warning) => warning.includes(`"port":${port}`))).toEqual([]);
  });

  it('follows ports of services, and ends all at its end', async () => {
    const store = new MemoryStore();
    const port = await freePort();
    const ingress = openIngress({ store, listen: host, logger, clock: systemClock });
    cleanups.push(() => ingress.close());
    const ports = [{ targetPort: 80, publishedPort: portOf(await echo('a')) }];
    await store.update((tx) => {
      tx.nodes().create({ id: 'n1', engine: { addr: `${host}:2375` } });
      tx.tasks().create({
        serviceId: 'web',
        nodeId: 'n1',
        desiredState: 'running',
        status: { state: 'running', ports },
      });
      tx.services().create({
        id: 'web',
        spec: { annotations: { name: 'web' }, endpoint: { ports: [{ targetPort: 80, publishedPort: port }] } },
      });
    });
    await published(port);
    expect(ingress.problems.size).toBe(0);
    await store.update((tx) => tx.services().delete('web'));
    await expect.poll(() => ask(port, 'q').catch((error: NodeJS.ErrnoException) => error.code)).toBe('ECONNREFUSED');
  });
});
