import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AgentOptions,
  CatalogAgent,
  type CatalogBackend,
  CatalogError,
  type CatalogSession,
  MemoryCatalogBackend,
  type Registration,
} from '../../src/catalog/index.js';
import { Told } from '../support/catalog.js';
import { virtualTime } from '../support/discovery-watch.js';

const web: Registration = { name: 'web', addr: '10.0.0.1', port: 80 };
let time: ReturnType<typeof virtualTime>;
let memory: MemoryCatalogBackend;
let agents: CatalogAgent[];
let logged: string[];

const say = (level: string) => (message: string) => void logged.push(`${level}: ${message}`);
const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };

function agentOn(backend: CatalogBackend, options: Partial<AgentOptions> = {}): CatalogAgent {
  const agent = new CatalogAgent({ backend, agentId: 'a', ttlMs: 3_000, clock: time.clock, logger, ...options });
  agents.push(agent);
  return agent;
}

/** The memory backend, with answers that a test puts in between. */
function answering(before: (method: keyof CatalogSession | 'open') => Promise<void> | void): CatalogBackend {
  return {
    list: () => memory.list(),
    watch: (tell, signal) => memory.watch(tell, signal),
    async open(agentId, ttlMs) {
      await before('open');
      const session = await memory.open(agentId, ttlMs);
      return {
        put: async (instances) => {
          await before('put');
          await session.put(instances);
        },
        remove: async (ids) => {
          await before('remove');
          await session.remove(ids);
        },
        renew: async () => {
          await before('renew');
          await session.renew();
        },
        close: async () => {
          await before('close');
          await session.close();
        },
      };
    },
  };
}

beforeEach(() => {
  time = virtualTime();
  memory = new MemoryCatalogBackend({ clock: time.clock });
  [agents, logged] = [[], []];
});
afterEach(async () => {
  const leaving = Promise.all(agents.map((agent) => agent.leave()));
  await time.pass(10_000);
  await leaving;
});

const ids = async () => (await memory.list()).map(({ id }) => id).sort().join(' '); // prettier-ignore

describe('an agent', () => {
  it.each<[string, object]>([
    ['name must be text', { name: '' }],
    ['name must be text', { name: 'a b' }],
    ['addr must be', { addr: '' }],
    ['port must be', { port: 65_536 }],
    ['port must be', { port: 1.5 }],
    ['port must be', { port: '80' }],
    ['tags must be', { tags: [1] }],
    ['meta must be', { meta: { a: 1 } }],
    ['weight must be', { weight: -1 }],
    ['id must be', { id: 'a b' }],
    ['ttlMs must be', { checks: [{ kind: 'ttl', ttlMs: 0 }] }],
    ['no http URL', { checks: [{ kind: 'http', url: 'ftp://x' }] }],
    ['no host:port', { checks: [{ kind: 'tcp', addr: 'x' }] }],
    ['no host:port', { checks: [{ kind: 'grpc', addr: ':1' }] }],
    ['intervalMs must be', { checks: [{ kind: 'tcp', addr: 'x:1', intervalMs: -5 }] }],
    ['intervalMs must be', { checks: [{ kind: 'tcp', addr: 'x:1', intervalMs: 0 }] }],
    ['timeoutMs must be', { checks: [{ kind: 'tcp', addr: 'x:1', timeoutMs: Number.NaN }] }],
    ['ttlMs must be', { checks: [{ kind: 'ttl', ttlMs: 1e13 }] }],
    ['initial must be', { checks: [{ kind: 'ttl', ttlMs: 1, initial: 'fine' }] }],
    ['no kind "script"', { checks: [{ kind: 'script' }] }],
    ['must be an object', { checks: [null] }],
    ['same name', { checks: [{ kind: 'ttl', ttlMs: 1 }, { kind: 'ttl', ttlMs: 2 }] }],
  ])('refuses a registration whose %s … (%j)', async (why, wrong) => {
    const agent = agentOn(memory);
    const registering = agent.register({ ...web, ...wrong });
    await expect(registering).rejects.toMatchObject({ code: 'INVALID_REGISTRATION', message: expect.stringContaining(why) });
    expect(await ids()).toBe('');
  }); // prettier-ignore

  it('leaves as it was what a refused registration would have replaced', async () => {
    const agent = agentOn(memory);
    await agent.register({ ...web, id: 'w1', checks: [{ kind: 'ttl', ttlMs: 1_000, initial: 'passing' }] });
    await expect(agent.register({ ...web, id: 'w1', port: -1 })).rejects.toThrow('port');
    agent.report('w1', 'warning');
    await time.pass(0);
    expect(await memory.list()).toMatchObject([{ port: 80, health: 'warning' }]);
  });

  it('puts default tags before those of the registration, each once', async () => {
    const agent = agentOn(memory, { defaultTags: ['x', 'y'] });
    await agent.register({ ...web, tags: ['z', 'x'] });
    expect((await memory.list())[0]?.tags).toEqual(['x', 'y', 'z']);
  });

  it('registers during an outage, says once that there is one, and catches up', async () => {
    let away = true;
    const agent = agentOn(
      answering(() => {
        if (away) throw new CatalogError('UNAVAILABLE', 'nobody there');
      }),
    );
    expect(await agent.register({ ...web, id: 'w1' })).toBe('w1');
    await agent.register({ ...web, id: 'w2' });
    await agent.deregister('w1');
    await time.pass(5_000);
    expect(await ids()).toBe('');
    away = false;
    await time.pass(1_000);
    expect(await ids()).toBe('w2');
    expect(logged.filter((line) => !line.startsWith('debug'))).toEqual([
      'warn: the catalogue cannot be brought up to date',
      'info: the catalogue takes registrations again',
    ]);
  });

  it('gives up what the catalogue refuses, and says so to whoever registered it', async () => {
    let refuses = true;
    const agent = agentOn(
      answering((method) => {
        if (method === 'put' && refuses) throw new CatalogError('REFUSED', 'too long');
      }),
    );
    await expect(agent.register({ ...web, id: 'w1' })).rejects.toMatchObject({ code: 'REFUSED' });
    refuses = false;
    await agent.register({ ...web, id: 'w2' });
    await time.pass(3_000);
    expect(await ids()).toBe('w2');
    expect(() => agent.health('w1')).toThrow('not registered');
  });

  it('sends in one request what comes up while another one is under way', async () => {
    const asked: string[] = [];
    const agent = agentOn(answering((method) => void asked.push(method)));
    await Promise.all(['w1', 'w2', 'w3'].map((id) => agent.register({ ...web, id })));
    await Promise.all([agent.deregister('w1'), agent.deregister('w2'), agent.register({ ...web, id: 'w4' })]);
    expect(await ids()).toBe('w3 w4');
    expect(asked).toEqual(['open', 'put', 'remove', 'put']);
  });

  it('ends with what was said last, when an id is registered and deregistered in one breath', async () => {
    const agent = agentOn(memory);
    await agent.register({ ...web, id: 'w2' });
    const all = [
      agent.register({ ...web, id: 'w1' }),
      agent.deregister('w1'),
      agent.register({ ...web, id: 'w2' }),
      agent.deregister('w2'),
      agent.register({ ...web, id: 'w2', port: 81 }),
    ];
    await Promise.all(all);
    expect(await memory.list()).toMatchObject([{ id: 'w2', port: 81 }]);
    await time.pass(6_000);
    expect(await memory.list()).toMatchObject([{ id: 'w2', port: 81 }]);
  });

  it('leaves soon, also when the catalogue does not answer, and what it had expires', async () => {
    let hangs = false;
    const agent = agentOn(answering(() => (hangs ? new Promise<void>(() => undefined) : undefined)));
    await agent.register({ ...web, id: 'w1' });
    hangs = true;
    let left = false;
    const leaving = agent.leave().then(() => (left = true));
    await time.pass(4_000);
    expect(left).toBe(false);
    await time.pass(1_001);
    await leaving;
    expect(await ids()).toBe('');
  });

  it('leaves no timer and no watch behind', async () => {
    const agent = agentOn(memory);
    await agent.register({ ...web, checks: [{ kind: 'ttl', ttlMs: 1_000, deregisterCriticalAfterMs: 60_000 }] });
    const told = new Told(memory);
    await agent.leave();
    expect(told.list).toBe('');
    const seen = told.snapshots.length;
    await time.pass(100_000);
    expect(told.snapshots).toHaveLength(seen);
  });

  it('renews a little earlier than every third of its TTL, each time by another bit', async () => {
    const at: number[] = [];
    const backend = answering((method) => {
      if (method === 'renew') at.push(time.clock.monotonic());
    });
    await agentOn(backend).register(web);
    await time.pass(30_000);
    const gaps = at.slice(1).map((moment, i) => moment - (at[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1_000);
    expect(new Set(gaps).size).toBeGreaterThan(3);
  });
});
