import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { DockerClient, type DockerClientOptions } from '../../../src/fleet/index.js';
import { bodyOf, EngineServer } from '../../support/engine-server.js';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

interface Asked {
  readonly line: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** An engine that answers by path, and a client of it. */
async function engine(reply: (path: string) => Reply, options: Partial<DockerClientOptions> = {}) {
  const asked: Asked[] = [];
  const server = await EngineServer.open((request, response) => {
    void bodyOf(request).then((body) => {
      const { status = 200, headers, text = '' } = reply(request.url ?? '');
      asked.push({ line: `${request.method} ${request.url}`, body, headers: request.headers });
      response.writeHead(status, headers).end(text);
    });
  });
  undo.push(() => server.close());
  const client = new DockerClient({ address: server.addr, ...options });
  undo.push(() => client.close());
  return { client, asked, lines: server.lines };
}

const v141 = { apiVersion: '1.41' } as const;

describe('DockerClient', () => {
  const json = '{"Id":"x","Volumes":null}';
  it.each<[string, (client: DockerClient) => Promise<unknown>, string, unknown?]>([
    ['info', (c) => c.info(), 'GET /info'],
    ['version', (c) => c.version(), 'GET /version'],
    ['listContainers', (c) => c.listContainers(), 'GET /containers/json'],
    [
      'listContainers',
      (c) => c.listContainers({ all: true, size: false, limit: 2, before: 'b', since: 's', filters: { id: ['i'] } }),
      'GET /containers/json?all=1&size=0&limit=2&before=b&since=s&filters={"id":["i"]}',
    ],
    ['inspectContainer', (c) => c.inspectContainer('a/b?c'), 'GET /containers/a%2Fb%3Fc/json'],
    [
      'createContainer',
      (c) => c.createContainer({ Image: 'i' }, 'n'),
      'POST /containers/create?name=n',
      { Image: 'i' },
    ],
    ['startContainer', (c) => c.startContainer('a'), 'POST /containers/a/start'],
    ['stopContainer', (c) => c.stopContainer('a', { timeoutS: 0 }), 'POST /containers/a/stop?t=0'],
    ['restartContainer', (c) => c.restartContainer('a', { timeoutS: 7 }), 'POST /containers/a/restart?t=7'],
    ['killContainer', (c) => c.killContainer('a', 'SIGTERM'), 'POST /containers/a/kill?signal=SIGTERM'],
    ['pauseContainer', (c) => c.pauseContainer('a'), 'POST /containers/a/pause'],
    ['unpauseContainer', (c) => c.unpauseContainer('a'), 'POST /containers/a/unpause'],
    ['renameContainer', (c) => c.renameContainer('a', 'b'), 'POST /containers/a/rename?name=b'],
    [
      'removeContainer',
      (c) => c.removeContainer('a', { force: true, volumes: true }),
      'DELETE /containers/a?force=1&v=1',
    ],
    ['updateContainer', (c) => c.updateContainer('a', { Memory: 5 }), 'POST /containers/a/update', { Memory: 5 }],
    [
      'waitContainer',
      (c) => c.waitContainer('a', { condition: 'removed' }),
      'POST /containers/a/wait?condition=removed',
    ],
    ['containerLogs', (c) => c.containerLogs('a', { tail: 3 }), 'GET /containers/a/logs?stdout=1&stderr=1&tail=3'],
    ['topContainer', (c) => c.topContainer('a', 'aux'), 'GET /containers/a/top?ps_args=aux'],
    ['containerChanges', (c) => c.containerChanges('a'), 'GET /containers/a/changes'],
    ['containerStats', (c) => c.containerStats('a'), 'GET /containers/a/stats?stream=0'],
    [
      'commit',
      (c) => c.commit({ container: 'a', changes: ['X', 'Y'] }),
      'POST /commit?container=a&changes=X&changes=Y',
      {},
    ],
    ['createExec', (c) => c.createExec('a', { Cmd: ['x'] }), 'POST /containers/a/exec', { Cmd: ['x'] }],
    ['inspectExec', (c) => c.inspectExec('e'), 'GET /exec/e/json'],
    ['resizeExec', (c) => c.resizeExec('e', { h: 2, w: 3 }), 'POST /exec/e/resize?h=2&w=3'],
    ['resizeContainer', (c) => c.resizeContainer('a', { h: 2, w: 3 }), 'POST /containers/a/resize?h=2&w=3'],
    ['getArchive', (c) => c.getArchive('a', '/x y'), 'GET /containers/a/archive?path=/x+y'],
    ['putArchive', (c) => c.putArchive('a', '/', Buffer.from('""')), 'PUT /containers/a/archive?path=/', ''],
    ['listImages', (c) => c.listImages({ all: true }), 'GET /images/json?all=1'],
    ['inspectImage', (c) => c.inspectImage('r:5/a/b:1@sha256:0'), 'GET /images/r:5/a/b:1@sha256:0/json'],
    ['pullImage', (c) => c.pullImage('r:5/a'), 'POST /images/create?fromImage=r:5/a&tag=latest'],
    ['loadImage', (c) => c.loadImage(Readable.from([Buffer.from('"tar"')])), 'POST /images/load?quiet=0', 'tar'],
    ['importImage', (c) => c.importImage('"tar"', { repo: 'r' }), 'POST /images/create?fromSrc=-&repo=r', 'tar'],
    ['tagImage', (c) => c.tagImage('a', { repo: 'r', tag: 't' }), 'POST /images/a/tag?repo=r&tag=t'],
    ['removeImage', (c) => c.removeImage('a', { force: true }), 'DELETE /images/a?force=1'],
    ['listVolumes', (c) => c.listVolumes(), 'GET /volumes'],
    ['createVolume', (c) => c.createVolume({ Name: 'v' }), 'POST /volumes/create', { Name: 'v' }],
    ['inspectVolume', (c) => c.inspectVolume('v'), 'GET /volumes/v'],
    ['removeVolume', (c) => c.removeVolume('v', { force: true }), 'DELETE /volumes/v?force=1'],
    ['listNetworks', (c) => c.listNetworks({ filters: { name: ['n'] } }), 'GET /networks?filters={"name":["n"]}'],
    ['createNetwork', (c) => c.createNetwork({ Name: 'n' }), 'POST /networks/create', { Name: 'n' }],
    ['inspectNetwork', (c) => c.inspectNetwork('n'), 'GET /networks/n'],
    ['removeNetwork', (c) => c.removeNetwork('n'), 'DELETE /networks/n'],
    [
      'connectNetwork',
      (c) => c.connectNetwork('n', 'a', { Aliases: ['x'] }),
      'POST /networks/n/connect',
      { Container: 'a', EndpointConfig: { Aliases: ['x'] } },
    ],
    [
      'disconnectNetwork',
      (c) => c.disconnectNetwork('n', 'a', { force: true }),
      'POST /networks/n/disconnect',
      { Container: 'a', Force: true },
    ],
  ])('%s asks as the API wants it: case %#', async (_, call, line, body) => {
    const { client, asked } = await engine(() => ({ text: json }), v141);
    await call(client);
    const [method, path] = line.split(' ', 2);
    const [one] = asked;
    const plain = decodeURIComponent(one?.line ?? '').replaceAll(' ', '+');
    expect(plain.replaceAll('/', '')).toBe(decodeURIComponent(`${method}+/v1.41${path}`).replaceAll('/', ''));
    expect(one?.body === '' ? undefined : JSON.parse(one?.body ?? '')).toEqual(body);
  });

  it('keeps fields that it does not know', async () => {
    const { client } = await engine(() => ({ text: '[{"Id":"a","New":{"deep":[1]}}]' }), v141);
    expect(await client.listContainers()).toEqual([{ Id: 'a', New: { deep: [1] } }]);
  });

  it.each([
    { status: 204, starts: true },
    { status: 304, starts: false },
  ])('tells from $status that start and stop changed something: $starts', async ({ status, starts }) => {
    const { client } = await engine(() => ({ status }), v141);
    expect(await client.startContainer('a')).toBe(starts);
    expect(await client.stopContainer('a')).toBe(starts);
  });

  it.each([
    { status: 404, text: '{"message":"No such container: a"}', code: 'NOT_FOUND', says: 'No such container: a' },
    { status: 404, text: '{"message":"page not found"}', code: 'UNSUPPORTED', says: 'page not found' },
    { status: 409, text: 'Conflict\n', code: 'CONFLICT', says: 'Conflict' },
    { status: 400, text: '{"message":5}', code: 'BAD_REQUEST', says: '{"message":5}' },
    { status: 401, text: '', code: 'UNAUTHORIZED', says: '' },
    { status: 403, text: 'no', code: 'FORBIDDEN', says: 'no' },
    { status: 429, text: 'slow down', code: 'BAD_REQUEST', says: 'slow down' },
    { status: 500, text: `{"message":"${'x'.repeat(100)}"}`, code: 'SERVER_ERROR', says: 'x'.repeat(100) },
    { status: 501, text: 'no', code: 'UNSUPPORTED', says: 'no' },
    { status: 503, text: 'later', code: 'SERVER_ERROR', says: 'later' },
    { status: 301, text: '', code: 'BAD_ANSWER', says: '' },
  ])('rejects with $code and the engine’s words on $status', async ({ status, text, code, says }) => {
    const { client } = await engine(() => ({ status, text }), v141);
    const error = { code, status, engineMessage: says, outcomeUnknown: false };
    await expect(client.startContainer('a')).rejects.toMatchObject(error);
    await expect(client.containerLogs('a')).rejects.toMatchObject(error);
  });

  it('reads no more of an answer than it was told to', async () => {
    const { client } = await engine(() => ({ text: `["${'x'.repeat(5_000)}"]` }), { ...v141, answerBytesMax: 1_000 });
    await expect(client.listContainers()).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('knows that a create was perhaps done whose answer cannot be read', async () => {
    const { client } = await engine(() => ({ status: 201, text: '{"Id":' }), v141);
    await expect(client.createContainer({})).rejects.toMatchObject({ code: 'BAD_ANSWER', outcomeUnknown: true });
    await expect(client.info()).rejects.toMatchObject({ code: 'BAD_ANSWER', outcomeUnknown: false });
  });

  it.each(['', '.', '..'])('sends nothing for the id "%s", which would lead to another path', async (id) => {
    const { client, lines } = await engine(() => ({}), v141);
    await expect(client.removeContainer(id)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(client.removeImage(`a/${id}`)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(lines).toEqual([]);
  });

  it('refuses what is no engine at a ping', async () => {
    const { client } = await engine(() => ({ text: '<html>' }));
    await expect(client.ping()).rejects.toMatchObject({ code: 'BAD_ANSWER' });
  });

  it('sends credentials as base64 for URLs, with its padding', async () => {
    const { client, asked } = await engine(() => ({}), v141);
    await client.pullImage('a', { auth: { username: 'ü?>', password: '~~~' } });
    await client.pullImage('a');
    const [first, second] = asked.map(({ headers }) => String(headers['x-registry-auth']));
    expect(first).toMatch(/^[\w-]+=*$/);
    expect(first?.length).toBeGreaterThan(0);
    expect((first?.length ?? 1) % 4).toBe(0);
    expect(second).toBe('e30=');
  });

  it.each([
    {
      text: '{"status":"Pulling"}{"errorDetail":{"message":"manifest unknown"},"error":"short"}',
      says: 'manifest unknown',
    },
    { text: '{"error":"denied"}\r\n', says: 'denied' },
  ])('rejects a pull whose stream says $says, after its progress', async ({ text, says }) => {
    const { client } = await engine(() => ({ text }), v141);
    const lines: unknown[] = [];
    const pulling = client.pullImage('a:1', { onProgress: (line) => lines.push(line.status) });
    await expect(pulling).rejects.toMatchObject({ code: 'SERVER_ERROR', engineMessage: says, outcomeUnknown: false });
    expect(lines).toEqual(text.includes('Pulling') ? ['Pulling'] : []);
  });

  it('refuses a pull whose stream ends within a line', async () => {
    const { client } = await engine(() => ({ text: '{"status":"Pull' }), v141);
    await expect(client.pullImage('a')).rejects.toMatchObject({ code: 'BAD_ANSWER', outcomeUnknown: true });
  });
});

describe('the API version', () => {
  it.each([
    { engineHas: '1.41', used: '1.41' },
    { engineHas: '1.24', used: '1.24' },
    { engineHas: '1.50', oldest: '1.24', used: '1.41' },
    { engineHas: '1.52', oldest: '1.44', used: '1.44' },
  ])('is $used for an engine with $engineHas (from $oldest)', async ({ engineHas, oldest, used }) => {
    const text = JSON.stringify({ ApiVersion: engineHas, MinAPIVersion: oldest });
    for (const ping of [{ headers: { 'api-version': engineHas } }, {}]) {
      const { client, lines } = await engine((path) => (path === '/_ping' ? ping : { text }));
      await Promise.all([client.info(), client.listImages()]);
      expect(lines.filter((line) => line.includes('/v'))).toEqual(
        expect.arrayContaining([`GET /v${used}/info`, `GET /v${used}/images/json`]),
      );
      expect(lines.filter((line) => line === 'GET /_ping')).toHaveLength(1);
    }
  });

  it('refuses engines that are too old', async () => {
    const { client } = await engine(() => ({ headers: { 'api-version': '1.23' }, text: '{"ApiVersion":"1.23"}' }));
    await expect(client.info()).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      message: expect.stringContaining('upgrade'),
    });
  });

  it('is found again when the engine was replaced by an older one', async () => {
    let has = '1.41';
    const { client, lines } = await engine((path) => {
      if (path === '/_ping') return { headers: { 'api-version': has } };
      if (path.startsWith(`/v${has}/`)) return { text: '{}' };
      return {
        status: 400,
        text: `{"message":"client version 1.41 is too new. Maximum supported API version is ${has}"}`,
      };
    });
    await client.info();
    has = '1.30';
    await client.createContainer({ Image: 'a' });
    expect(lines.slice(-3)).toEqual(['POST /v1.41/containers/create', 'GET /_ping', 'POST /v1.30/containers/create']);
  });

  it('is looked for again after a failure', async () => {
    let up = false;
    const { client } = await engine((path) => {
      if (!up) return { status: 500 };
      return path === '/_ping' ? { headers: { 'api-version': '1.41' } } : { text: '{"ID":"e"}' };
    });
    await expect(client.info()).rejects.toMatchObject({ code: 'SERVER_ERROR' });
    up = true;
    expect(await client.info()).toEqual({ ID: 'e' });
  });

  it('can be given', async () => {
    const { client, lines } = await engine(() => ({ text: '{}' }), { apiVersion: '1.30' });
    await client.info();
    expect(lines).toEqual(['GET /v1.30/info']);
    expect(() => new DockerClient({ address: 'a:1', apiVersion: 'latest' })).toThrow('apiVersion');
  });
});
