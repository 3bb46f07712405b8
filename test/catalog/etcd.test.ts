import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { until } from '../../scripts/waiting.js';
import { CatalogAgent, EtcdCatalogBackend, systemClock } from '../../src/catalog/index.js';
import { EtcdGateway } from '../../src/discovery/etcd/gateway.js';
import { Told } from '../support/catalog.js';
import { EtcdProcess, isThere } from '../support/discovery-etcd.js';

it('refuses a URL that names no etcd', () => {
  expect(() => new EtcdCatalogBackend('etcd://')).toThrow('at least one HOST:PORT');
});

describe.skipIf(!isThere('etcd'))('the catalogue in a real etcd', () => {
  let etcd: EtcdProcess;
  let gateway: EtcdGateway;
  beforeAll(async () => {
    etcd = await EtcdProcess.make();
    gateway = new EtcdGateway({ endpoints: [new URL(`http://${etcd.addr}`)], tls: undefined }, systemClock);
  });
  afterAll(() => etcd.remove());

  it('is one key an instance below skep/catalog/, all under the lease of the agent', async () => {
    const backend = new EtcdCatalogBackend(`etcd://${etcd.addr}`);
    const agent = new CatalogAgent({ backend, agentId: 'a', ttlMs: 0, logger: silentLogger });
    await agent.register({ id: 'w/1', name: 'web', addr: '10.0.0.1', port: 80 });
    const { pairs } = await gateway.list('skep/');
    expect(pairs.map(({ key }) => key)).toEqual(['skep/catalog/w%2F1']);
    expect(JSON.parse(pairs[0]?.value ?? '')).toMatchObject({ agent: 'a', instance: { id: 'w/1', host: '10.0.0.1' } });
    await agent.leave();
    expect((await gateway.list('skep/')).pairs).toEqual([]);
  });

  it('tells what is no instance, and shows the others all the same', async () => {
    const backend = new EtcdCatalogBackend(`etcd://127.0.0.1:1,${etcd.addr}/odd`, { retryMs: 20 });
    const session = await backend.open('a', 60_000);
    const record = { id: 'w1', name: 'web', host: 'h', port: 80, tags: [], meta: {}, weight: 1 };
    await session.put([{ ...record, health: 'passing' }]);
    await gateway.put('odd/skep/catalog/bad', 'not json');
    await gateway.put('odd/skep/catalog/worse', '{"agent":"a","instance":{"id":"x"}}');
    const told = new Told(backend);
    await until('both are told', () => told.errors.length === 2);
    expect(told.list).toBe('a/w1');
    expect(told.errors.map(String).join()).toMatch(
      /catalog\/bad is no instance: .*catalog\/worse is no instance: name/,
    );
    expect(await backend.list()).toHaveLength(1);
    told.stop();
    await session.close();
  });
});
