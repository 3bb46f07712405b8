import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { type Backend, createBackend, createToken, systemClock, TokenBackend } from '../../../src/discovery/index.js';
import { HttpServer } from '../../support/discovery-http.js';
import { Seen } from '../../support/discovery-watch.js';
import { FakeClock } from '../../support/state-clock.js';

describe('a token:// URL', () => {
  it.each([
    ['token', 'abc', {}, 'https://discovery.hub.docker.com/v1', 'abc'],
    ['token', 'abc', { 'token.url': 'http://h:1/v1/' }, 'http://h:1/v1', 'abc'],
    ['token', 'h:1/v1/abc', { 'token.url': 'http://other' }, 'https://h:1/v1', 'abc'],
    ['token', 'h/a/b/c', {}, 'https://h/a/b', 'c'],
    ['token+http', '[::1]:1/abc', {}, 'http://[::1]:1', 'abc'],
  ])('%s://%s with %j is of a hub and has a token', async (scheme, uris, options, url, token) => {
    const backend = (await createBackend(`${scheme}://${uris}`, { options })) as TokenBackend;
    expect([backend.url, backend.token]).toEqual([url, token]);
  });

  it.each([
    ['token://', 'token is empty'],
    ['token://host/v1/', 'token is empty'],
    ['token://a b/t', 'https://a b is no URL of a token server'],
  ])('%s is a mistake: %s', async (url, message) => {
    await expect(createBackend(url)).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
  });
});

describe('token://', () => {
  let hub: HttpServer;
  let backend: Backend;
  let seen: Seen | undefined;
  let status: number;
  let text: string;

  beforeEach(async () => {
    [status, text] = [200, '["a:1"]'];
    hub = await HttpServer.open((_request, response) => response.writeHead(status).end(text));
    backend = await createBackend(`token+http://${hub.addr}/v1/abc`, { heartbeatMs: 20, ttlMs: 1_500 });
  });
  afterEach(async () => {
    seen?.stop();
    await hub.close();
  });

  const told = (what: string) => until(`'${what}' is told`, () => seen?.last === what);

  it('is looked at every heartbeat, and told when it changes', async () => {
    seen = new Seen(backend.watch());
    await told('a:1');
    await until('it is looked at again', () => hub.requests.length > 2);
    text = '[]';
    await told('');
    expect(seen.told).toEqual(['a:1', '']);
    expect(hub.requests[0]).toMatchObject({ line: 'GET /v1/clusters/abc', body: '', type: undefined });
  });

  it.each([
    [500, 'x', 'Failed to fetch entries, Discovery service returned 500 HTTP status code'],
    [404, 'x', 'Failed to fetch entries, Discovery service returned 404 HTTP status code'],
    [200, '<html>', 'Failed to decode response: '],
    [200, '{"a":1}', 'Failed to decode response: this is no list of strings'],
    [200, '[1]', 'Failed to decode response: this is no list of strings'],
    [200, '["a"]', 'address a: missing port in address'],
  ])('tells of %d %s, and goes on', async (wrongStatus, wrongText, message) => {
    [status, text] = [wrongStatus, wrongText];
    seen = new Seen(backend.watch());
    await until('an error is told', () => seen?.told.length !== 0);
    expect(seen.told[0]).toContain(`! ${message}`);
    [status, text] = [200, 'null'];
    await told('');
  });

  it('registers with the TTL in whole seconds, never a shorter one', async () => {
    await backend.register('10.0.0.1:2375');
    const line = 'POST /v1/clusters/abc?ttl=2';
    expect(hub.requests).toMatchObject([{ line, body: '10.0.0.1:2375', type: 'application/json' }]);
  });

  it('takes an address back', async () => {
    await backend.deregister?.('[::1]:2375');
    expect(hub.requests[0]?.line).toBe('DELETE /v1/clusters/abc/%5B%3A%3A1%5D%3A2375');
  });

  it.each([
    [404, 'NOT_FOUND'],
    [400, 'REFUSED'],
    [429, 'UNAVAILABLE'],
    [503, 'UNAVAILABLE'],
  ])('does not take %d for a registration: %s', async (wrong, code) => {
    [status, text] = [wrong, 'because\nof this'];
    const message = `Discovery service returned ${wrong} HTTP status code: because`;
    await expect(backend.register('a:1')).rejects.toMatchObject({ code, message: `Failed to register, ${message}` });
    await expect(backend.deregister?.('a:1')).rejects.toMatchObject({
      code,
      message: `Failed to deregister, ${message}`,
    });
    const making = createToken(`http://${hub.addr}/v1/`, { clock: systemClock });
    await expect(making).rejects.toMatchObject({ code, message: `Failed to create a cluster, ${message}` });
  });

  it('makes a cluster, and knows a token when it sees one', async () => {
    text = 'abc123\n';
    expect(await createToken(`http://${hub.addr}/v1`, { clock: systemClock })).toBe('abc123');
    expect(hub.requests[0]?.line).toBe('POST /v1/clusters');
    text = '<html>';
    await expect(createToken(`http://${hub.addr}`, { clock: systemClock })).rejects.toThrow('this is no token');
    await expect(createToken('nowhere', { clock: systemClock })).rejects.toThrow('nowhere is no URL of a token server');
  });

  it('is spoken to over https, unless it says http', async () => {
    const secure = await createBackend(`token://${hub.addr}/v1/abc`);
    await expect(secure.register('a:1')).rejects.toThrow(/^https:.* does not answer: .*(SSL|EPROTO)/s);
    expect(hub.requests).toEqual([]);
  });

  it('that nobody serves is unavailable', async () => {
    const { addr } = hub;
    await hub.close();
    const gone = await createBackend(`token+http://${addr}/v1/abc`);
    await expect(gone.register('a:1')).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+ does not answer: .*ECONNREFUSED/) as string,
    });
    hub = await HttpServer.open(() => undefined);
  });

  it('whose server says nothing is unavailable after ten seconds', async () => {
    const silent = await HttpServer.open(() => undefined);
    const clock = new FakeClock();
    const waiting = await createBackend(`token+http://${silent.addr}/abc`, { clock });
    const registering = waiting.register('a:1');
    registering.catch(() => undefined);
    await until('it is asked', () => silent.requests.length === 1);
    clock.advance(10_000);
    await expect(registering).rejects.toThrow('does not answer: no answer within 10000 ms');
    expect(clock.armed).toBe(0);
    await silent.close();
  });

  it('lets go of a request under way when the watch ends', async () => {
    let closed = false;
    const silent = await HttpServer.open((request) => request.socket.on('close', () => (closed = true)));
    const clock = new FakeClock();
    seen = new Seen((await createBackend(`token+http://${silent.addr}/abc`, { clock })).watch());
    await until('it is asked', () => silent.requests.length === 1);
    seen.stop();
    await until('the connection is closed', () => closed);
    expect([seen.told, clock.armed]).toEqual([[], 0]);
    await silent.close();
  });
});
