import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { freePort } from '../../scripts/waiting.js';
import { EtcdCatalogBackend, MemoryCatalogBackend, SkepCatalogBackend, systemClock } from '../../src/catalog/index.js';
import { Client } from '../../src/client/index.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import { catalogContract } from '../contract/catalog.js';
import { EtcdProcess, isThere } from '../support/discovery-etcd.js';
import { virtualTime } from '../support/discovery-watch.js';

catalogContract('memory', async () => {
  const { clock, pass } = virtualTime();
  const backend = new MemoryCatalogBackend({ clock });
  return { clock, pass, ttlMs: 1_000, marksLost: true, open: async () => backend, close: async () => undefined };
});

catalogContract('the store', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'skep-catalog-'));
  const listenAddr = `127.0.0.1:${await freePort()}`;
  const start = () =>
    openReplica({ name: 'm1', dataDir, listenAddr, heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger });
  let member = await start();
  const clients: Client[] = [];
  return {
    clock: systemClock,
    ttlMs: 1_000,
    marksLost: true,
    pass: (ms) => delay(ms),
    open: async () => {
      const client = new Client({ hosts: [listenAddr], timeoutMs: 1_000 });
      clients.push(client);
      return new SkepCatalogBackend({ client, retryMs: 20 });
    },
    outage: {
      begin: () => member.close(),
      async end() {
        member = await start();
      },
    },
    async close() {
      for (const client of clients) client.close();
      await member.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

describe.skipIf(!isThere('etcd'))('with a real etcd', () => {
  let etcd: EtcdProcess;
  let runs = 0;
  beforeAll(async () => {
    etcd = await EtcdProcess.make();
  });
  afterAll(() => etcd.remove());

  catalogContract('etcd', async () => {
    const url = `etcd://${etcd.addr}/run-${++runs}`;
    return {
      clock: systemClock,
      ttlMs: 2_000,
      marksLost: false,
      pass: (ms) => delay(ms),
      open: async () => new EtcdCatalogBackend(url, { retryMs: 20 }),
      outage: { begin: () => etcd.stop(), end: () => etcd.start() },
      close: async () => undefined,
    };
  });
});
