import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.js';
import { repeat } from '../../../src/catalog/checks/repeat.js';
import type { CheckResult } from '../../../src/catalog/checks/spec.js';
import { CatalogAgent, type CheckSpec, type Health, MemoryCatalogBackend, worst } from '../../../src/catalog/index.js';
import { virtualTime } from '../../support/discovery-watch.js';

let time: ReturnType<typeof virtualTime>;
let backend: MemoryCatalogBackend;
let agent: CatalogAgent;

const web = { id: 'w1', name: 'web', addr: '10.0.0.1', port: 80 };
const ttl = (more: Partial<CheckSpec> = {}) => ({ kind: 'ttl', ttlMs: 1_000, ...more }) as CheckSpec;
const health = async (): Promise<Health | undefined> => (await backend.list())[0]?.health;
const passing = async () => (await agent.service('web').instances({ passing: true })).length;

beforeEach(() => {
  time = virtualTime();
  backend = new MemoryCatalogBackend({ clock: time.clock });
  agent = new CatalogAgent({ backend, clock: time.clock, logger: silentLogger });
});
afterEach(() => agent.leave());

describe('the health of an instance', () => {
  it.each<[Health, Health[]]>([
    ['passing', []],
    ['warning', ['passing', 'warning', 'passing']],
    ['critical', ['critical', 'warning']],
    ['maintenance', ['critical', 'maintenance', 'passing']],
  ])('is %s when its checks say %j', (is, said) => expect(worst(said)).toBe(is));

  it('is passing without checks, and critical until a check has been made', async () => {
    await agent.register(web);
    expect(await health()).toBe('passing');
    await agent.register({ ...web, checks: [ttl()] });
    expect(await health()).toBe('critical');
    expect(await passing()).toBe(0);
    await agent.register({ ...web, checks: [ttl({ initial: 'passing' })] });
    expect(await passing()).toBe(1);
  });

  it('follows the reports of the service, and is critical when they stop', async () => {
    await agent.register({ ...web, checks: [ttl()] });
    agent.report('w1', 'passing', 'all well');
    await time.pass(999);
    expect(await health()).toBe('passing');
    agent.report('w1', 'warning', 'hot');
    await time.pass(999);
    expect(await health()).toBe('warning');
    expect(agent.health('w1').checks).toEqual([{ name: 'ttl', kind: 'ttl', status: 'warning', note: 'hot' }]);
    await time.pass(1);
    expect(await health()).toBe('critical');
    expect(agent.health('w1').checks[0]?.note).toBe('no report for 1000 ms');
    agent.report('w1', 'passing');
    await time.pass(0);
    expect(await health()).toBe('passing');
  });

  it('is that of the worst check, each reported by its name', async () => {
    await agent.register({ ...web, checks: [ttl({ name: 'disk' }), ttl({ name: 'queue' })] });
    agent.report('w1', 'passing');
    agent.report('w1', 'warning', '', 'queue');
    await time.pass(0);
    expect(await health()).toBe('warning');
    expect(() => agent.report('w1', 'passing', '', 'never')).toThrow('there is no ttl check never');
    expect(() => agent.report('never', 'passing')).toThrow('never is not registered by this agent');
  });

  it('is maintenance when people say so, whatever checks say, also after registering again', async () => {
    await agent.register({ ...web, checks: [ttl({ initial: 'passing' })] });
    await agent.maintenance('w1', true, 'a new disk');
    expect(await health()).toBe('maintenance');
    expect(agent.health('w1')).toMatchObject({ health: 'maintenance', maintenance: 'a new disk' });
    await agent.register({ ...web, port: 81 });
    expect(await health()).toBe('maintenance');
    await agent.maintenance('w1', false);
    expect(await health()).toBe('passing');
    await expect(agent.maintenance('never', true)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('goes on when the same checks are registered again, and tells of the new registration', async () => {
    await agent.register({ ...web, checks: [ttl()] });
    agent.report('w1', 'passing');
    await agent.register({ ...web, port: 81, checks: [ttl()] });
    expect(await backend.list()).toMatchObject([{ port: 81, health: 'passing' }]);
    await time.pass(1_000);
    expect(await backend.list()).toMatchObject([{ port: 81, health: 'critical' }]);
  });

  it('deregisters who is critical for too long, without a break', async () => {
    await agent.register({ ...web, checks: [ttl({ deregisterCriticalAfterMs: 5_000 })] });
    await time.pass(4_000);
    agent.report('w1', 'passing');
    await time.pass(5_999);
    expect(await health()).toBe('critical');
    await time.pass(1);
    expect(await backend.list()).toEqual([]);
    expect(() => agent.report('w1', 'passing')).toThrow('not registered');
  });
});

describe('a check that looks', () => {
  it('looks at once, then every interval less a little, and stops when told', async () => {
    const at: number[] = [];
    const stop = new AbortController();
    const world = { clock: time.clock, random: () => 50, signal: stop.signal };
    const probe = async () => {
      at.push(time.clock.monotonic());
      return { status: 'passing' as const, note: '' };
    };
    const looking = repeat(probe, { intervalMs: 1_000 }, world, () => undefined);
    await time.pass(2_000);
    stop.abort();
    await looking;
    await time.pass(5_000);
    expect(at).toEqual([0, 950, 1_900]);
  });

  it('is critical when it throws or takes too long, and what comes later is not heard', async () => {
    const told: CheckResult[] = [];
    const stop = new AbortController();
    const world = { clock: time.clock, random: () => 0, signal: stop.signal };
    let call = 0;
    const aborted: boolean[] = [];
    const probe = async ({ signal }: { signal: AbortSignal }): Promise<CheckResult> => {
      if (++call === 1) throw new Error('broken');
      return new Promise(() => signal.addEventListener('abort', () => aborted.push(true)));
    };
    const looking = repeat(probe, { intervalMs: 1_000, timeoutMs: 100 }, world, (result) => told.push(result));
    await time.pass(1_500);
    expect(told).toEqual([
      { status: 'critical', note: 'broken' },
      { status: 'critical', note: 'no answer within 100 ms' },
    ]);
    expect(aborted).toEqual([true]);
    await time.pass(600);
    stop.abort();
    await looking;
    expect(told).toHaveLength(2);
  });
});
