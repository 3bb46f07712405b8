import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { etcdStore } from '../../src/discovery/etcd/gateway.js';
import { kvSettings } from '../../src/discovery/kv-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-pem-'));
const pem = join(folder, 'pem');
writeFileSync(pem, 'pem');
afterAll(() => rmSync(folder, { recursive: true }));

const read = (uris: string, options: Record<string, string> = {}) => {
  const { endpoints, prefix, tls } = kvSettings(uris, options, etcdStore);
  return { endpoints: endpoints.map(({ origin }) => origin), prefix, tls: tls && Object.keys(tls) };
};

describe('an etcd:// URL', () => {
  it.each([
    ['a:1', {}, ['http://a:1'], 'docker/nodes/'],
    ['a:1,b:2/c/d', {}, ['http://a:1', 'http://b:2'], 'c/d/docker/nodes/'],
    ['a', {}, ['http://a:2379'], 'docker/nodes/'],
    ['[::1]:1, [::1]', {}, ['http://[::1]:1', 'http://[::1]:2379'], 'docker/nodes/'],
    ['a:1/c/', { 'kv.path': 'docker/swarm/nodes' }, ['http://a:1'], 'c/docker/swarm/nodes/'],
    ['a:1//c//', { 'kv.path': '/x/' }, ['http://a:1'], 'c/x/'],
    ['a:1', { 'kv.path': '' }, ['http://a:1'], 'docker/nodes/'],
    ['::1', {}, ['http://[::1]:2379'], 'docker/nodes/'],
  ])('%s with %j names endpoints and a prefix', (uris, options, endpoints, prefix) => {
    expect(read(uris, options)).toEqual({ endpoints, prefix, tls: undefined });
  });

  it.each([
    [{ 'kv.cacertfile': pem }, ['ca']],
    [{ 'kv.certfile': pem, 'kv.keyfile': pem }, ['cert', 'key']],
    [{ 'kv.cacertfile': pem, 'kv.certfile': pem, 'kv.keyfile': pem }, ['ca', 'cert', 'key']],
  ])('is https when files for it are named: %#', (options, tls) => {
    expect(read('a:1', options)).toMatchObject({ endpoints: ['https://a:1'], tls });
  });

  it.each([
    ['', {}, 'at least one HOST:PORT'],
    ['/prefix', {}, 'at least one HOST:PORT'],
    ['a b:1', {}, 'a b:1 is no HOST:PORT'],
    ['a:x', {}, 'a:x is no HOST:PORT'],
    ['a:', {}, 'a: is no HOST:PORT'],
    ['a:0', {}, 'a:0 is no HOST:PORT'],
    ['a:1', { 'kv.certfile': pem }, 'kv.certfile and kv.keyfile belong together'],
    ['a:1', { 'kv.keyfile': pem, 'kv.cacertfile': pem }, 'kv.certfile and kv.keyfile belong together'],
    ['a:1', { 'kv.cacertfile': join(folder, 'none') }, 'kv.cacertfile: ENOENT'],
  ])('%j with %j is a mistake', (uris, options, message) => {
    expect(() => read(uris, options as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(message) as string }),
    );
  });
});
