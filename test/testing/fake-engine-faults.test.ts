import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { type FakeEngineServer, openFakeEngine } from 'skep/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';

describe('the faults of a fake engine', () => {
  let engine: FakeEngineServer;
  beforeEach(async () => {
    engine = await openFakeEngine({ name: 'node-1' });
  });
  afterEach(() => engine.close());

  /** The body of an answer, or the code of the error. */
  async function call(method: string, path: string, body?: object): Promise<string> {
    const [host, port] = engine.address.split(':');
    const headers = body ? { 'content-type': 'application/json' } : {};
    const asked = request({ host, port, method, path, headers, agent: false });
    asked.on('error', () => undefined);
    asked.end(body ? JSON.stringify(body) : undefined);
    try {
      const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
      return `${response.statusCode} ${await text(response)}`.trim();
    } catch (error) {
      return (error as { code: string }).code;
    }
  }
  const web = { Image: 'busybox', Cmd: ['sleep', '1000'] };

  it('hangs: it accepts and answers nothing, then does what came', async () => {
    engine.faults.hang();
    let answered = false;
    const answer = call('POST', '/v1.41/containers/create?name=web', web).finally(() => (answered = true));
    await until('it has accepted', () => engine.connections > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(answered).toBe(false);
    expect(engine.model.list({ all: true })).toEqual([]);
    engine.faults.resume();
    expect(await answer).toMatch(/^201 /);
    expect(engine.model.list({ all: true })).toHaveLength(1);
  });

  it('is killed and comes back with its containers', async () => {
    await call('POST', '/containers/create?name=web', web);
    await call('POST', '/containers/web/start');
    const { id } = engine.model;
    const { address } = engine;
    await engine.faults.kill();
    expect(await call('GET', '/_ping')).toBe('ECONNREFUSED');
    await engine.faults.comeBack();
    expect(engine.address).toBe(address);
    expect(JSON.parse((await call('GET', '/info')).slice(4))).toMatchObject({ ID: id, ContainersRunning: 1 });
  });

  it('comes back as another one when it was wiped', async () => {
    await call('POST', '/containers/create?name=web', web);
    const { id } = engine.model;
    await engine.faults.kill();
    await engine.faults.comeBack('wiped');
    const info = JSON.parse((await call('GET', '/info')).slice(4));
    expect(info).toMatchObject({ Containers: 0, Name: 'node-1' });
    expect(info.ID).not.toBe(id);
  });

  it('loses the answer after it has done the call', async () => {
    engine.faults.loseAnswer({ method: 'POST', path: /^\/containers\/create/ });
    expect(await call('POST', '/v1.41/containers/create?name=web', web)).toBe('ECONNRESET');
    expect(engine.model.containers.get('web').state).toBe('created');
    expect(await call('POST', '/v1.41/containers/create?name=web', web)).toMatch(/^409 .*already in use/);
  });

  it('fails calls as told, without doing them', async () => {
    engine.faults.fail({ method: 'POST', path: '/containers/create' }, 500, 'no space left on device', 2);
    expect(await call('POST', '/containers/create?name=web', web)).toBe('500 {"message":"no space left on device"}');
    expect(await call('POST', '/containers/create?name=web', web)).toMatch(/^500/);
    expect(await call('POST', '/containers/create?name=web', web)).toMatch(/^201/);
  });

  it('breaks a stream in the middle', async () => {
    const stream = call('GET', '/v1.41/events');
    await until('somebody listens', () => engine.model.events.listeners === 1);
    expect(engine.faults.reset({ path: '/events' })).toBe(1);
    expect(await stream).toBe('ECONNRESET');
    await until('nobody listens', () => engine.model.events.listeners === 0);
  });

  it('answers late', async () => {
    engine.faults.slow(150);
    const begun = performance.now();
    expect(await call('GET', '/_ping')).toBe('200 OK');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(145);
  });

  it('has another time', async () => {
    engine.faults.skewClock(-3_600_000);
    const { SystemTime } = JSON.parse((await call('GET', '/info')).slice(4));
    expect(Date.now() - Date.parse(SystemTime)).toBeGreaterThan(3_500_000);
  });

  it('refuses versions of the API that it does not have', async () => {
    expect(await call('GET', '/v1.99/info')).toMatch(/^400 .*Maximum supported API version is 1.41/);
    expect(await call('GET', '/v1.11/info')).toMatch(/^400 .*client version 1.11 is too old/);
    expect(await call('GET', '/v1.24/containers/json')).toBe('200 []');
    expect(await call('GET', '/nothing')).toBe('404 {"message":"page not found"}');
  });
});
