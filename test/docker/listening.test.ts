import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseListen } from '../../src/base/listen-address.js';
import { openDockerApi } from '../../src/docker/index.js';
import { ask, hostOf } from '../support/docker-http.js';
import { PlainFleet } from '../support/plain-fleet.js';

describe('an address to listen on', () => {
  it.each([
    ['tcp://127.0.0.1:2375', { kind: 'tcp', host: '127.0.0.1', port: 2_375 }],
    ['tcp://:2375', { kind: 'tcp', host: '127.0.0.1', port: 2_375 }],
    ['tcp://[::1]:0', { kind: 'tcp', host: '::1', port: 0 }],
    ['10.0.0.1:80', { kind: 'tcp', host: '10.0.0.1', port: 80 }],
    ['unix:///run/a.sock', { kind: 'unix', path: '/run/a.sock' }],
  ])('%s is %j', (text, address) => {
    expect(parseListen(text)).toEqual(address);
  });

  it.each([
    ['fd://', 'unsupported protocol: "fd"'],
    ['tcp://127.0.0.1', 'missing port in address'],
    ['tcp://127.0.0.1:99999', 'needs a port from 0 to 65535'],
    ['unix://run/a.sock', 'has no absolute path'],
    [`unix:///${'x'.repeat(120)}`, 'longer than the 107 bytes'],
  ])('%s is refused', (text, message) => {
    expect(() => parseListen(text)).toThrow(message);
  });
});

describe('listening', () => {
  const fleet = new PlainFleet([]);
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'docker-api-'));
    path = join(folder, 'api.sock');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function ping(socketPath: string): Promise<number | undefined> {
    const outgoing = request({ socketPath, path: '/_ping', agent: false }).end();
    const [answer] = await once(outgoing, 'response');
    answer.resume();
    return answer.statusCode;
  }

  it('serves several addresses, and a socket for its owner only', async () => {
    const listen = ['tcp://127.0.0.1:0', `unix://${path}`];
    const api = await openDockerApi(fleet, { listen, version: '1' });
    expect(api.addresses).toEqual([expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/), `unix://${path}`]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await ping(path)).toBe(200);
    expect((await ask(hostOf(api), 'GET', '/_ping')).status).toBe(200);
    await Promise.all([api.close(), api.close()]);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('takes the place of a socket that nobody listens on', async () => {
    const old = createServer().listen(path);
    await once(old, 'listening');
    // A server that was killed leaves its socket: rename keeps it from being unlinked at close.
    const left = join(folder, 'left.sock');
    await (await import('node:fs/promises')).rename(path, left);
    old.close();
    await once(old, 'close');
    const api = await openDockerApi(fleet, { listen: [`unix://${left}`], version: '1' });
    expect(await ping(left)).toBe(200);
    await api.close();
  });

  it('leaves a socket alone that somebody listens on, and a file that is none', async () => {
    const first = await openDockerApi(fleet, { listen: [`unix://${path}`], version: '1' });
    const second = openDockerApi(fleet, { listen: [`unix://${path}`], version: '1' });
    await expect(second).rejects.toThrow('another process listens there');
    expect(await ping(path)).toBe(200);
    await first.close();
    await writeFile(path, 'mine');
    await chmod(path, 0o600);
    const third = openDockerApi(fleet, { listen: [`unix://${path}`], version: '1' });
    await expect(third).rejects.toThrow('there is a file that is no socket');
  });

  it('needs an address, and authorities to verify clients with', async () => {
    await expect(openDockerApi(fleet, { listen: [], version: '1' })).rejects.toThrow('listen is empty');
    const tls = { cert: '', key: '', verify: true };
    const listen = ['tcp://127.0.0.1:0'];
    await expect(openDockerApi(fleet, { listen, version: '1', tls })).rejects.toThrow('tls.verify needs tls.ca');
  });

  it('lets web pages in only when it is told to', async () => {
    for (const cors of [true, false]) {
      const api = await openDockerApi(fleet, { listen: ['tcp://127.0.0.1:0'], version: '1', cors });
      const { headers, status } = await ask(hostOf(api), 'OPTIONS', '/containers/json');
      expect(status).toBe(200);
      expect(headers['access-control-allow-origin']).toBe(cors ? '*' : undefined);
      await api.close();
    }
  });
});
