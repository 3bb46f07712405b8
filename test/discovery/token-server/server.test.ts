import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../../scripts/waiting.js';
import { openTokenServer, type TokenServer } from '../../../src/discovery/index.js';
import { requestsMax } from '../../../src/discovery/token-server/server.js';
import { FakeClock } from '../../support/state-clock.js';

let folder: string;
let dataFile: string;
let clock: FakeClock;
let server: TokenServer;

const open = () => openTokenServer({ listen: '127.0.0.1:0', dataFile, clock });
const ask = (method: string, path: string, body?: string) =>
  fetch(`${server.url}/clusters${path}`, { method, ...(body !== undefined && { body }) });
const textOf = async (asking: Promise<Response>) => (await asking).text();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skep-hub-'));
  dataFile = join(folder, 'data', 'clusters.json');
  clock = new FakeClock();
  server = await open();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe('a token server', () => {
  it('knows after a restart what it answered before', async () => {
    const token = await textOf(ask('POST', ''));
    const other = await textOf(ask('POST', ''));
    for (const address of ['a:1', 'b:1', 'c:1']) await ask('POST', `/${token}?ttl=60`, address);
    await ask('DELETE', `/${token}/b%3A1`);
    await ask('DELETE', `/${other}`);
    await server.close();
    server = await open();
    expect(await textOf(ask('GET', `/${token}`))).toBe('["a:1","c:1"]');
    expect((await ask('GET', `/${other}`)).status).toBe(404);
    clock.advance(60_000);
    expect(await textOf(ask('GET', `/${token}`))).toBe('[]');
  });

  it('does not bring back after a restart who was forgotten', async () => {
    const token = await textOf(ask('POST', ''));
    await ask('POST', `/${token}?ttl=60`, 'a:1');
    clock.advance(60_000);
    await server.close();
    server = await open();
    expect(await textOf(ask('GET', `/${token}`))).toBe('[]');
  });

  it('follows a symbolic link to its file, and leaves it there', async () => {
    const token = await textOf(ask('POST', ''));
    const link = join(folder, 'link.json');
    await symlink(dataFile, link);
    const linked = await openTokenServer({ listen: '127.0.0.1:0', dataFile: link, clock });
    await fetch(`${linked.url}/clusters/${token}?ttl=60`, { method: 'POST', body: 'a:1' });
    await linked.close();
    expect(await readlink(link)).toBe(dataFile);
    expect(await readFile(dataFile, 'utf8')).toContain('a:1');
  });

  it('does not take a device or a pipe for its file', async () => {
    for (const path of ['/dev/null', folder]) {
      const opening = openTokenServer({ listen: '127.0.0.1:0', dataFile: path, clock });
      await expect(opening).rejects.toMatchObject({ code: 'DAMAGED', message: `${path} is no plain file` });
    }
  });

  it('has what it answered on disk when it answers', async () => {
    const token = await textOf(ask('POST', ''));
    await Promise.all(Array.from({ length: 30 }, (_, i) => ask('POST', `/${token}?ttl=60`, `a${i}:1`)));
    // As the next process finds it after a crash: nothing was closed.
    const copy = await openTokenServer({ listen: '127.0.0.1:0', dataFile, clock });
    const found = JSON.parse(await textOf(fetch(`${copy.url}/clusters/${token}`))) as string[];
    expect(found).toHaveLength(30);
    await copy.close();
  });

  it('keeps its file to itself, and leaves no other', async () => {
    await ask('POST', '');
    expect((await stat(dataFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'data'))).toEqual(['clusters.json']);
  });

  it.each([
    ['', 'Unexpected end of JSON input'],
    ['{"format":2,"clusters":[]}', 'its format is 2, not 1'],
    ['{"format":1}', 'a list is missing'],
    ['{"format":1,"clusters":[{"token":"t","registrations":[{"address":"a:1"}]}]}', 'a ttl is missing'],
    ['null', 'an object is missing'],
  ])('does not start on, nor touch, a file that is %j', async (text, why) => {
    await server.close();
    await writeFile(dataFile, text);
    const message = `${dataFile} is damaged or of another program: ${why}`;
    await expect(open()).rejects.toMatchObject({ code: 'DAMAGED', message });
    expect(await readFile(dataFile, 'utf8')).toBe(text);
    await rm(dataFile);
    server = await open();
  });

  it('says that it cannot save, and does so when it can again', async () => {
    const token = await textOf(ask('POST', ''));
    // A folder is where the file's successor is written to.
    await mkdir(`${dataFile}.tmp`);
    const refused = await ask('POST', `/${token}`, 'a:1');
    expect([refused.status, await refused.text()]).toEqual([500, 'this cannot be saved now: try again\n']);
    await rm(`${dataFile}.tmp`, { recursive: true });
    expect((await ask('POST', `/${token}`, 'a:1')).status).toBe(200);
    await server.close();
    server = await open();
    expect(await textOf(ask('GET', `/${token}`))).toBe('["a:1"]');
  });

  it('does not start where it cannot write, or listen', async () => {
    const taken = openTokenServer({ listen: server.addr });
    await expect(taken).rejects.toMatchObject({
      name: 'ListenError',
      code: 'EADDRINUSE',
      message: expect.stringContaining(`cannot listen on ${server.addr}: `) as string,
    });
    await expect(openTokenServer({ listen: 'a:port' })).rejects.toThrow('a:port is not HOST:PORT');
    await chmod(folder, 0o700);
    const inFile = openTokenServer({ listen: '127.0.0.1:0', dataFile: join(dataFile, 'x') });
    await expect(inFile).rejects.toThrow(/ENOTDIR|EEXIST/);
  });

  it('answers what is too long without waiting for the rest', async () => {
    const [host = '', port = ''] = server.addr.split(':');
    const socket = connect(Number(port), host);
    socket.write('POST /v1/clusters/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    socket.write('a'.repeat(5_000));
    let said = '';
    socket.on('data', (data) => (said += data.toString()));
    await once(socket, 'close');
    expect(said).toMatch(/^HTTP\/1\.1 413 .*\r\n\r\na request is at most 4096 bytes long\n$/s);
  });

  it('does not mind a client that goes away in the middle', async () => {
    const [host = '', port = ''] = server.addr.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    socket.write('POST /v1/clusters/x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal');
    socket.destroy();
    await until('it still answers', async () => (await ask('POST', '')).status === 200);
  });

  it('closes although a client holds a connection', async () => {
    const [host = '', port = ''] = server.addr.split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    await server.close();
    await gone;
    server = await open();
  });
});

describe('a client of a token server', () => {
  /** Sends it, and resolves with what came until the server ended the connection. */
  async function said(text: string): Promise<string> {
    const socket = connect(Number(server.addr.split(':')[1]), '127.0.0.1');
    let answers = '';
    socket.setEncoding('latin1').on('data', (part: string) => (answers += part));
    socket.on('error', () => undefined).write(text);
    await once(socket, 'close');
    return answers;
  }

  it('is answered a hundred requests of one connection, however many it sends at once', async () => {
    const answers = await said('GET /v1/clusters/none HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(5_000));
    expect(answers.split('HTTP/1.1 404').length - 1).toBeLessThanOrEqual(requestsMax);
  });

  it('that does not end its request in time is sent away', async () => {
    await server.close();
    server = await openTokenServer({ listen: '127.0.0.1:0', clock, requestMs: 100 });
    const began = performance.now();
    expect(await said('POST /v1/clusters HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nabc')).toMatch(/408/);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
