import { describe, expect, it } from 'vitest';
import {
  type Backend,
  BackendRegistry,
  createBackend,
  DiscoveryWatch,
  NotImplementedError,
  NotSupportedError,
  registerBackend,
} from '../../src/discovery/index.js';
import { Seen } from '../support/discovery-watch.js';

/** Remembers what it was made with. */
class Recording implements Backend {
  given: unknown[] = [];

  initialize(...given: unknown[]): Promise<void> {
    this.given = given;
    return Promise.resolve();
  }

  watch(): DiscoveryWatch {
    return new DiscoveryWatch(() => undefined);
  }

  register(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the registry', () => {
  it.each(['', 'zookeeper', 'NODES', 'constructor', '__proto__'])('does not support %j', async (scheme) => {
    const refused = createBackend(`${scheme}://x`);
    await expect(refused).rejects.toBeInstanceOf(NotSupportedError);
    await expect(refused).rejects.toMatchObject({
      code: 'NOT_SUPPORTED',
      message: 'discovery service not supported',
    });
  });

  it.each(['nodes', 'file', 'memory', 'token', 'token+http', 'etcd', 'zk', 'consul'])('has %s already', (scheme) => {
    expect(() => registerBackend(scheme, () => new Recording())).toThrow(
      expect.objectContaining({ code: 'ALREADY_REGISTERED', message: `scheme already registered ${scheme}` }),
    );
  });

  it('makes a backend of your own, once for each use, with what it needs', async () => {
    registerBackend('mine', () => new Recording());
    const one = await createBackend('mine://a/b', { heartbeatMs: 1, ttlMs: 2, options: { k: 'v' } });
    const other = await createBackend('mine://');
    expect(one).not.toBe(other);
    expect((one as Recording).given).toEqual(['a/b', 1, 2, { k: 'v' }]);
    expect((other as Recording).given).toEqual(['', 60_000, 180_000, {}]);
    expect(() => registerBackend('mine', () => new Recording())).toThrow('scheme already registered mine');
  });

  it('passes on why a backend cannot be made', async () => {
    await expect(createBackend('token://')).rejects.toThrow('token is empty');
  });

  it.each([{ heartbeatMs: 0 }, { heartbeatMs: NaN }, { ttlMs: -1 }])('refuses %j', async (settings) => {
    await expect(createBackend('memory://', settings)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('can be another one, with nothing of ours in it', async () => {
    const registry = new BackendRegistry({});
    await expect(registry.create('nodes://a:1')).rejects.toThrow('discovery service not supported');
    registry.register('nodes', () => new Recording());
    expect(await registry.create('a:1')).toBeInstanceOf(Recording);
  });

  it('does not add the entries of one use to the next', async () => {
    await createBackend('nodes://a:1');
    const second = await createBackend('nodes://b:1');
    expect(new Seen(second.watch()).told).toEqual(['b:1']);
  });
});

describe('an error of discovery', () => {
  it('has the words of the original, and a code', () => {
    const { name, code, message } = new NotImplementedError();
    expect({ name, code, message }).toEqual({
      name: 'NotImplementedError',
      code: 'NOT_IMPLEMENTED',
      message: 'not implemented in this discovery service',
    });
  });
});
