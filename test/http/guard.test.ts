import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOurHost } from '../../src/http/hosts.js';
import { HttpMember } from '../support/http-member.js';

describe('isOurHost', () => {
  const rules = { listen: 'skep-1', names: ['status.example.org'] };
  it.each([
    ['127.0.0.1:4280', true],
    ['10.0.0.1', true],
    ['[::1]:4280', true],
    ['localhost:4280', true],
    ['LOCALHOST', true],
    ['localhost.:80', true],
    ['skep-1:4280', true],
    ['status.example.org', true],
    ['evil.example', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['localhost:80:80', false],
    ['[::1', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (header, ours) => {
    expect(isOurHost(header, rules)).toBe(ours);
  });
});

describe('the HTTP endpoint', () => {
  let http: HttpMember;
  beforeAll(async () => {
    http = await HttpMember.open({}, { origins: ['https://board.example.org'], names: ['skep.example.org'] });
  });
  afterAll(() => http.close());

  it('answers no page whose name was made to mean this address', async () => {
    for (const path of ['/', '/api/status', '/api/events', '/metrics', '/healthz']) {
      const { status, text } = await http.ask(path, { headers: { Host: 'evil.example' } });
      expect([status, JSON.parse(text).error.code], path).toEqual([421, 'WRONG_HOST']);
    }
    expect((await http.ask('/api/kinds', { headers: { Host: 'skep.example.org' } })).status).toBe(200);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('does not answer %s', async (method) => {
    expect(await http.ask('/api/status', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  });

  it('lets browsers load nothing from elsewhere, and frame nothing', async () => {
    const { headers } = await http.ask('/api/status');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('lets only pages of the named origins read', async () => {
    const asked = async (origin: string) => (await http.ask('/api/kinds', { headers: { Origin: origin } })).headers;
    expect((await asked('https://board.example.org'))['access-control-allow-origin']).toBe('https://board.example.org');
    const other = await asked('https://evil.example');
    expect(other).not.toHaveProperty('access-control-allow-origin');
    expect(other['cross-origin-resource-policy']).toBe('same-origin');
  });

  it('answers HEAD without a body', async () => {
    const { status, text, headers } = await http.ask('/api/kinds', { method: 'HEAD' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(Number(headers['content-length'])).toBeGreaterThan(10);
  });

  it('says that no member runs while there is none', async () => {
    const none = await HttpMember.open({}, { member: () => undefined });
    expect((await none.ask('/healthz')).status).toBe(503);
    expect((await none.ask('/readyz')).status).toBe(503);
    expect((await none.ask('/api/status')).status).toBe(503);
    await none.close();
  });

  it('is not ready without a majority, and alive all the same', async () => {
    const first = await HttpMember.open();
    const second = await HttpMember.open({ name: 'm2', join: [first.member.addr] });
    await second.close();
    const { status, text } = await first.ask('/readyz');
    expect(status).toBe(503);
    expect(text).toContain('majority');
    expect((await first.ask('/healthz')).status).toBe(200);
    await first.close();
  });
});
