import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { freePort } from '../../scripts/waiting.js';
import { SkepBackend } from '../../src/coordination/index.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import {
  type Backend,
  BackendRegistry,
  createBackend,
  createToken,
  MemoryBackend,
  openTokenServer,
  Registrations,
  systemClock,
} from '../../src/discovery/index.js';
import { discoveryKvContract } from '../contract/discovery-kv.js';
import { ConsulStandIn } from '../support/discovery-consul.js';
import { EtcdProcess, isThere } from '../support/discovery-etcd.js';
import { virtualTime } from '../support/discovery-watch.js';
import { zooKeeperIsThere, ZooKeeperProcess } from '../support/discovery-zk.js';

/** Clients look this often, in real time. */
const heartbeatMs = 20;

discoveryKvContract('memory', () => {
  const { clock, pass } = virtualTime();
  const registrations = new Registrations(clock);
  return Promise.resolve({
    ttlMs: 1_000,
    pass,
    close: () => Promise.resolve(),
    open(ttlMs) {
      const backend = new MemoryBackend({ clock }, registrations);
      backend.initialize('', heartbeatMs, ttlMs);
      return Promise.resolve(backend);
    },
  });
});

discoveryKvContract('the token server', async () => {
  // The server's time is virtual, that of its clients is not: they wait for sockets.
  const { clock, pass } = virtualTime();
  const folder = await mkdtemp(join(tmpdir(), 'skep-token-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const start = () => openTokenServer({ listen, dataFile: join(folder, 'clusters'), clock });
  let server = await start();
  const token = await createToken(server.url, { clock: systemClock });
  return {
    ttlMs: 1_000,
    pass,
    open: (ttlMs) => createBackend(`token+http://${listen}/v1/${token}`, { heartbeatMs, ttlMs }),
    outage: {
      begin: () => server.close(),
      async end() {
        server = await start();
      },
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
});

discoveryKvContract('skep', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-discovery-'));
  const listenAddr = `127.0.0.1:${await freePort()}`;
  const start = () =>
    openReplica({ name: 'm1', dataDir, listenAddr, heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger });
  let member = await start();
  const registry = new BackendRegistry({ skep: (ports) => new SkepBackend(ports) });
  const opened: Backend[] = [];
  return {
    ttlMs: 1_000,
    pass: async (ms) => void (await delay(ms)),
    async open(ttlMs) {
      const backend = await registry.create(`skep://${listenAddr}/web`, { heartbeatMs, ttlMs });
      opened.push(backend);
      return backend;
    },
    outage: {
      begin: () => member.close(),
      async end() {
        member = await start();
      },
    },
    async close() {
      for (const backend of opened) await backend.close?.();
      await member.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

discoveryKvContract('a stand-in for consul', async () => {
  const { clock, pass } = virtualTime();
  const consul = new ConsulStandIn(clock, await freePort());
  await consul.start();
  return {
    // The shortest session lasts 10 s, and may last twice that.
    ttlMs: 20_000,
    pass,
    open: (ttlMs) => createBackend(`consul://${consul.addr}/web`, { heartbeatMs, ttlMs }),
    outage: { begin: () => consul.stop(), end: () => consul.start() },
    close: () => consul.stop(),
  };
});

describe.skipIf(!isThere('etcd'))('with a real etcd', () => {
  let etcd: EtcdProcess;
  let runs = 0;
  beforeAll(async () => {
    etcd = await EtcdProcess.make();
  });
  afterAll(() => etcd.remove());

  discoveryKvContract('etcd', async () => {
    const prefix = `run-${++runs}`;
    return {
      ttlMs: 2_000,
      pass: async (ms) => void (await delay(ms)),
      open: (ttlMs) => createBackend(`etcd://${etcd.addr}/${prefix}`, { heartbeatMs, ttlMs }),
      outage: { begin: () => etcd.stop(), end: () => etcd.start() },
      close: () => Promise.resolve(),
    };
  });
});

describe.skipIf(!zooKeeperIsThere())('with a real ZooKeeper', () => {
  let zk: ZooKeeperProcess;
  let runs = 0;
  beforeAll(async () => {
    zk = await ZooKeeperProcess.make();
  });
  afterAll(() => zk.remove());

  discoveryKvContract('zk', () => {
    const prefix = `run-${++runs}`;
    const opened: Backend[] = [];
    return Promise.resolve({
      ttlMs: 2_000,
      pass: async (ms) => void (await delay(ms)),
      async open(ttlMs) {
        const backend = await createBackend(`zk://${zk.addr}/${prefix}`, { heartbeatMs, ttlMs });
        opened.push(backend);
        return backend;
      },
      outage: { begin: () => zk.stop(), end: () => zk.start() },
      async close() {
        for (const backend of opened) await backend.close?.();
      },
    });
  });
});
