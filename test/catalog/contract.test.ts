import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import { EtcdCatalogBackend, MemoryCatalogBackend, systemClock } from '../../src/catalog/index.js';
import { catalogContract } from '../contract/catalog.js';
import { EtcdProcess, isThere } from '../support/discovery-etcd.js';
import { virtualTime } from '../support/discovery-watch.js';

catalogContract('memory', async () => {
  const { clock, pass } = virtualTime();
  const backend = new MemoryCatalogBackend({ clock });
  return { clock, pass, ttlMs: 1_000, marksLost: true, open: async () => backend, close: async () => undefined };
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
