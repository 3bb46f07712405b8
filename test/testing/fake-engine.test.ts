import { FakeEngine, type FakeEngineOptions } from 'skep/testing';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../src/base/clock.js';
import { seededRandom } from '../../src/base/random.js';
import { humanDuration, rfc3339 } from '../../src/testing/fake-engine/moment.js';

/** Time that passes only when a test says so. */
class TestClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now = () => this.#now;
  monotonic = () => this.#now;
  schedule = (delayMs: number, run: () => void) => {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  pass(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.run();
    }
    this.#now = end;
  }

  get pending(): number {
    return this.#timers.size;
  }
}

function engineAt(clock: TestClock, options: FakeEngineOptions = {}): FakeEngine {
  return new FakeEngine({ clock, random: seededRandom(1), ...options });
}

const statusOf = (engine: FakeEngine) => engine.list({ all: true }).map(({ Status }) => Status);

describe('a fake engine in virtual time', () => {
  it('runs a container for as long as its command takes', () => {
    const clock = new TestClock();
    const engine = engineAt(clock);
    const { id } = engine.containers.create('web', { Image: 'busybox', Cmd: ['sh', '-c', 'echo hi; sleep 5; exit 3'] });
    expect(statusOf(engine)).toEqual(['Created']);
    engine.containers.start(id);
    clock.pass(4_999);
    expect(statusOf(engine)).toEqual(['Up 4 seconds']);
    clock.pass(1);
    expect(statusOf(engine)).toEqual(['Exited (3) Less than a second ago']);
    clock.pass(3_600_000);
    expect(statusOf(engine)).toEqual(['Exited (3) About an hour ago']);
    expect(engine.containers.log(id).map(({ text }) => text)).toEqual(['hi\n']);
    expect(clock.pending).toBe(0);
  });

  it('does the same again from the same seed', () => {
    const run = () => {
      const clock = new TestClock();
      const engine = engineAt(clock);
      engine.containers.start(engine.containers.create('web', { Image: 'busybox', Cmd: ['sleep', '1'] }).id);
      clock.pass(2_000);
      return engine.events.all.map(({ action, id, nano }) => `${action} ${id} ${nano}`);
    };
    expect(run()).toEqual(run());
    expect(run()).toHaveLength(5);
  });

  it('takes the time that a stop takes', async () => {
    const clock = new TestClock();
    const engine = engineAt(clock);
    const { id } = engine.containers.create('web', { Image: 'busybox', Cmd: ['sleep', '1000'] });
    engine.containers.start(id);
    const stopped = engine.containers.stop(id);
    clock.pass(9_999);
    expect(engine.containers.get(id).state).toBe('running');
    clock.pass(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(await stopped).toBe(true);
    expect(engine.containers.get(id)).toMatchObject({ state: 'exited', exitCode: 137 });
  });

  it('stands still while it is paused', () => {
    const clock = new TestClock();
    const engine = engineAt(clock);
    const { id } = engine.containers.create('web', { Image: 'busybox', Cmd: ['sleep', '5'] });
    engine.containers.start(id);
    clock.pass(1_000);
    engine.containers.pause(id);
    clock.pass(60_000);
    expect(engine.containers.get(id).state).toBe('paused');
    engine.containers.unpause(id);
    clock.pass(0);
    expect(engine.containers.get(id).state).toBe('exited');
  });

  it('is as healthy as the test says', () => {
    const clock = new TestClock();
    const engine = engineAt(clock);
    const body = { Image: 'busybox', Cmd: ['sleep', '1000'], Healthcheck: { Test: ['CMD', 'true'] } };
    const { id } = engine.containers.create('web', body);
    engine.containers.start(id);
    expect(statusOf(engine)).toEqual(['Up Less than a second (health: starting)']);
    engine.containers.setHealth(id, 'healthy');
    expect(statusOf(engine)).toEqual(['Up Less than a second (healthy)']);
    expect(engine.events.all.at(-1)?.action).toBe('health_status: healthy');
  });

  it('pulls what its registry has, and says why not', () => {
    const registry = { 'nginx:1.25': { layers: 2 }, 'slow:1': { error: 'toomanyrequests: later' } };
    const engine = engineAt(new TestClock(), { registry });
    const last = (reference: string) => engine.pull(reference).at(-1)?.status;
    expect(last('docker.io/library/nginx:1.25')).toBe('Status: Downloaded newer image for nginx:1.25');
    expect(last('nginx:1.25')).toBe('Status: Image is up to date for nginx:1.25');
    expect(() => engine.pull('nginx:2')).toThrow('manifest for nginx:2 not found: manifest unknown');
    expect(() => engine.pull('slow:1')).toThrow('toomanyrequests: later');
    expect(() => engine.pull('other')).toThrow('pull access denied for other, repository does not exist');
  });

  it('stops everything when its machine restarts, and starts what asks for it', () => {
    const clock = new TestClock();
    const engine = engineAt(clock);
    const run = (name: string, Name: string) => {
      const host = { RestartPolicy: { Name } };
      const { id } = engine.containers.create(name, { Image: 'busybox', Cmd: ['sleep', '1000'], HostConfig: host });
      engine.containers.start(id);
      return engine.containers.get(id);
    };
    const [plain, always] = [run('plain', ''), run('always', 'always')];
    engine.containers.reboot();
    expect(plain).toMatchObject({ state: 'exited', exitCode: 255 });
    expect(always).toMatchObject({ state: 'running' });
  });

  it('leaves no timer behind when it is closed', () => {
    const clock = new TestClock();
    const random = seededRandom(1);
    const engines = Array.from({ length: 50 }, () => new FakeEngine({ clock, random }));
    for (const engine of engines)
      for (let made = 0; made < 30; made++)
        engine.containers.start(engine.containers.create(undefined, { Image: 'busybox', Cmd: ['sleep', '30d'] }).id);
    expect(engines.every((engine) => engine.list().length === 30)).toBe(true);
    for (const engine of engines) engine.close();
    expect(clock.pending).toBe(0);
  });
});

describe('the words of Docker', () => {
  it.each([
    [0, 'Less than a second'],
    [1_000, '1 second'],
    [59_999, '59 seconds'],
    [60_000, 'About a minute'],
    [120_000, '2 minutes'],
    [3_600_000, 'About an hour'],
    [2 * 3_600_000, '2 hours'],
    [48 * 3_600_000, '2 days'],
    [14 * 86_400_000, '2 weeks'],
    [61 * 86_400_000, '2 months'],
    [800 * 86_400_000, '2 years'],
  ])('for %d ms are %s', (ms, text) => {
    expect(humanDuration(ms)).toBe(text);
  });

  it('for a moment leave out zeros at the end', () => {
    expect(rfc3339(1_796_020_788_191_195_600n)).toBe('2026-11-30T06:39:48.1911956Z');
    expect(rfc3339(undefined)).toBe('0001-01-01T00:00:00Z');
  });
});
