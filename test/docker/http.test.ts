import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDockerApi } from '../../src/docker/index.js';
import {
  ask,
  begin,
  fleetKinds,
  hostOf,
  outputOf,
  type ServedFleet,
  serveFleet,
  upgrade,
} from '../support/docker-http.js';
import { until } from '../support/processes.js';

describe.each(fleetKinds)('the Docker API over fake engines and a %s fleet', (kind) => {
  let served: ServedFleet;
  let address: string;
  const post = (path: string, body?: unknown) => ask(address, 'POST', path, body);
  const get = (path: string) => ask(address, 'GET', path);
  const ps = async (query = '') => (await get(`/v1.41/containers/json${query}`)).json;

  async function run(name: string, ...Cmd: string[]): Promise<string> {
    const made = await post(`/containers/create?name=${name}`, { Image: 'busybox', Cmd });
    expect(made).toMatchObject({ status: 201, json: { Warnings: [] } });
    expect((await post(`/containers/${made.json.Id}/start`)).status).toBe(204);
    return made.json.Id;
  }

  beforeEach(async () => {
    served = await serveFleet([{ name: 'node-1' }, { name: 'node-2' }], {}, kind);
    address = served.address;
  });
  afterEach(() => served.close());

  it('answers pings with the versions that a client needs', async () => {
    const head = await ask(address, 'HEAD', '/_ping');
    expect(head).toMatchObject({ status: 200, text: '', headers: { 'api-version': '1.41', ostype: 'linux' } });
    expect(head.headers['content-length']).toBe('0');
    expect(await get('/v1.30/_ping')).toMatchObject({ status: 200, text: 'OK' });
    expect((await get('/version')).json).toMatchObject({
      Version: 'swarm/1.2.3',
      ApiVersion: '1.41',
      MinAPIVersion: '1.24',
    });
  });

  it('takes a container from create to rm, and shows every step at once', async () => {
    const id = await run('web', 'sleep', '600');
    expect(await ps()).toMatchObject([{ Id: id, Names: ['/node-1/web'], State: 'running' }]);
    for (const name of ['web', 'node-1/web', 'node-1%2Fweb', id, id.slice(0, 12)]) {
      expect((await get(`/containers/${name}/json`)).json).toMatchObject({ Id: id, Node: { Name: 'node-1' } });
    }
    expect((await post('/containers/web/pause')).status).toBe(204);
    expect(await ps()).toMatchObject([{ State: 'paused', Status: expect.stringContaining('(Paused)') }]);
    expect((await post('/containers/web/unpause')).status).toBe(204);
    expect((await post('/containers/web/rename?name=shop')).status).toBe(204);
    expect((await post('/containers/shop/stop?t=0')).status).toBe(204);
    expect(await ps()).toEqual([]);
    expect(await ps('?all=1')).toMatchObject([{ Names: ['/node-1/shop'], State: 'exited' }]);
    expect((await ask(address, 'DELETE', '/containers/shop?v=1')).status).toBe(204);
    expect(await ps('?all=1')).toEqual([]);
    expect((await get('/containers/shop/json')).json).toEqual({ message: 'No such container: shop' });
  });

  it('filters and limits ps', async () => {
    await run('one', 'sleep', '600');
    await run('two', 'sh', '-c', 'exit 3');
    await until('two exits', async () => (await get('/containers/two/json')).json.State.Status === 'exited');
    await served.refresh();
    const names = async (filters: unknown, more = '') =>
      (await ps(`?filters=${encodeURIComponent(JSON.stringify(filters))}${more}`)).map((one: any) => one.Names[0]);
    expect(await names({ name: ['^/one$'] })).toEqual(['/node-1/one']);
    expect(await names({ exited: ['3'] })).toEqual(['/node-1/two']);
    expect(await names({ status: { exited: true } })).toEqual(['/node-1/two']);
    expect(await names({ node: ['node-2'] }, '&all=1')).toEqual([]);
    expect((await names({}, '&all=1')).length).toBe(2);
    expect((await names({}, '&limit=1')).length).toBe(1);
    expect((await get('/containers/json?filters={"colour":["red"]}')).json.message).toBe("Invalid filter 'colour'");
    expect((await get('/containers/json?limit=many')).status).toBe(400);
  });

  it('answers wait with headers before the container has ended, and with its code after', async () => {
    const { json } = await post('/containers/create?name=job', { Image: 'busybox', Cmd: ['sh', '-c', 'exit 7'] });
    const waiting = await begin(address, 'POST', `/containers/${json.Id}/wait?condition=next-exit`);
    expect(waiting.statusCode).toBe(200);
    await post('/containers/job/start');
    const parts: Buffer[] = [];
    for await (const part of waiting) parts.push(part as Buffer);
    expect(JSON.parse(Buffer.concat(parts).toString())).toMatchObject({ StatusCode: 7 });
    expect(await ps('?all=1')).toMatchObject([{ State: 'exited' }]);
  });

  it('runs a command in a container, and knows the engine of its exec', async () => {
    await run('web', 'sleep', '600');
    const made = await post('/containers/web/exec', { Cmd: ['echo', 'hello'], AttachStdout: true });
    expect(made.status).toBe(201);
    const stream = await upgrade(address, `/exec/${made.json.Id}/start`, '{"Detach":false,"Tty":false}');
    expect(stream.head).toMatch(/^HTTP\/1\.1 101 /);
    await once(stream.socket, 'end');
    expect(outputOf(stream.received())).toBe('hello\n');
    stream.socket.end();
    expect((await get(`/exec/${made.json.Id}/json`)).json).toMatchObject({ ExitCode: 0, Running: false });
    expect((await get('/exec/nosuch/json')).status).toBe(404);
  });

  it('finds an exec that another manager has made', async () => {
    const id = await run('web', 'sleep', '600');
    const made = await ask(served.engines[0]?.address ?? '', 'POST', `/v1.41/containers/${id}/exec`, { Cmd: ['true'] });
    expect((await get(`/exec/${made.json.Id}/json`)).json).toMatchObject({ ContainerID: id });
  });

  it('goes on with the output when the client has closed its input', async () => {
    const body = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, StdinOnce: true, AttachStdin: true };
    const { json } = await post('/containers/create?name=cat', body);
    const stream = await upgrade(address, `/containers/${json.Id}/attach?stream=1&stdin=1&stdout=1&stderr=1`);
    expect(stream.head).toContain('101');
    await post('/containers/cat/start');
    stream.socket.end('first\nlast\n');
    await once(stream.socket, 'end');
    expect(outputOf(stream.received())).toBe('first\nlast\n');
  });

  it('passes what follows the body of an upgrade in the same packet', async () => {
    await run('web', 'sleep', '600');
    const body = { Cmd: ['cat'], AttachStdin: true, AttachStdout: true };
    const made = await post('/containers/web/exec', body);
    const stream = await upgrade(address, `/exec/${made.json.Id}/start`, '{"Detach":false,"Tty":false}', 'at once\n');
    stream.socket.end();
    await once(stream.socket, 'end');
    expect(outputOf(stream.received())).toBe('at once\n');
  });

  it("refuses an attach in the engine's words", async () => {
    const stream = await upgrade(address, '/containers/nosuch/attach?stream=1');
    expect(stream.head).toMatch(/^HTTP\/1\.1 404 /);
    await until('the words come', () => stream.received().toString().includes('No such container: nosuch'));
  });

  it('ends the stream of an engine when the client goes away', async () => {
    await run('web', 'sleep', '600');
    const engine = served.engines[0];
    const idle = engine?.connections ?? 0;
    const logs = await begin(address, 'GET', '/containers/web/logs?stdout=1&follow=1');
    expect(logs.statusCode).toBe(200);
    logs.destroy();
    await until('the connection ends', () => (engine?.connections ?? 0) <= idle);
    const stream = await upgrade(address, '/containers/web/attach?stream=1&stdout=1');
    stream.socket.destroy();
    await until('the connection ends', () => (engine?.connections ?? 0) <= idle);
  });

  it('passes logs whole', async () => {
    await run('talk', 'sh', '-c', 'echo out; echo more');
    await until('talk exits', async () => (await get('/containers/talk/json')).json.State.Status === 'exited');
    const answer = await begin(address, 'GET', '/containers/talk/logs?stdout=1&stderr=1');
    const parts: Buffer[] = [];
    for await (const part of answer) parts.push(part as Buffer);
    expect(outputOf(Buffer.concat(parts))).toBe('out\nmore\n');
  });

  it('leaves status and words of an engine as they are', async () => {
    const twice = await post('/containers/create?name=web', { Image: 'busybox', Cmd: ['true'] });
    expect(twice.status).toBe(201);
    served.engines[0]?.faults.fail({ method: 'POST', path: /start$/ }, 418, 'a teapot');
    expect(await post('/containers/web/start')).toMatchObject({ status: 418, json: { message: 'a teapot' } });
    expect(await post('/containers/create?name=web', { Image: 'busybox' })).toMatchObject({ status: 409 });
  });

  it('says which node is down', async () => {
    await run('web', 'sleep', '600');
    await served.loseFirst();
    const message = 'Container web running on unhealthy node node-1';
    for (const path of ['/containers/web/json', '/containers/web/logs?stdout=1']) {
      expect(await get(path)).toMatchObject({ status: 500, json: { message } });
    }
    expect(await ps()).toEqual([]);
    expect(await ps('?all=1')).toMatchObject([{ Status: 'Host Down' }]);
  });

  it('answers 502 when an engine is gone, and lives on', async () => {
    await run('web', 'sleep', '600');
    await served.engines[0]?.faults.kill();
    expect((await get('/containers/web/json')).status).toBe(502);
    expect((await get('/_ping')).status).toBe(200);
  });

  it('follows events with the facts of their engines, and ends them at until', async () => {
    const following = await begin(address, 'GET', '/events?filters={"event":["start"]}');
    following.setEncoding('utf8');
    let text = '';
    following.on('data', (part: string) => (text += part)).on('error', () => undefined);
    const since = Math.floor(Date.now() / 1_000);
    await run('web', 'sleep', '600');
    await until('an event comes', () => text.includes('\n'));
    expect(JSON.parse(text)).toMatchObject({ Action: 'start', node: { Name: 'node-1' } });
    following.destroy();
    const past = await get(`/events?since=${since}&until=${since + 1}.5`);
    expect(past.text.split('\n').filter((line) => line !== '').length).toBeGreaterThan(0);
  });

  it('groups images, and passes what is asked of one', async () => {
    expect((await get('/images/json')).json).toMatchObject([{ RepoTags: ['busybox:latest'] }]);
    expect((await get('/images/busybox/json')).json.RepoTags).toEqual(['busybox:latest']);
    expect(await get('/images/nosuch/json')).toMatchObject({ status: 404, json: { message: 'No such image: nosuch' } });
    expect((await post('/images/busybox/tag?repo=mine&tag=1')).status).toBe(201);
    const mine = (await get('/images/json?filters={"reference":["mine:*"]}')).json;
    expect(mine).toMatchObject([{ RepoTags: ['mine:1'] }]); // and not its other name
    expect((await get('/images/json?filters={"reference":["nosuch"]}')).json).toEqual([]);
    expect((await ask(address, 'DELETE', '/images/mine:1')).json).toMatchObject([{ Untagged: 'mine:1' }, {}]);
  });

  it('tells how a pull goes on every engine, and of its failure', async () => {
    const lines = (text: string) =>
      text
        .split('\r\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line));
    const failed = await post('/images/create?fromImage=nosuch&tag=1');
    expect(failed.status).toBe(200);
    expect(lines(failed.text).at(-1)).toMatchObject({ error: expect.any(String), errorDetail: {} });
    const pulled = lines((await post('/images/create?fromImage=busybox&tag=latest')).text);
    expect(pulled).toContainEqual({ status: 'Pulling busybox:latest... : done', id: 'node-2' });
  });

  it('makes, finds and removes volumes and networks', async () => {
    expect((await post('/volumes/create', { Name: 'data' })).json).toMatchObject({ Name: 'data' });
    expect((await get('/volumes')).json.Volumes.map(({ Name }: any) => Name)).toEqual(['node-1/data', 'node-2/data']);
    expect((await get('/volumes/node-2/data')).json.Name).toBe('node-2/data');
    expect((await ask(address, 'DELETE', '/volumes/data')).status).toBe(204);
    expect((await get('/volumes/data')).status).toBe(404);
    const network = await post('/networks/create', { Name: 'node-1/back', Driver: 'bridge' });
    expect(network.status).toBe(201);
    await run('web', 'sleep', '600');
    expect((await post('/networks/back/connect', { Container: 'node-1/web' })).status).toBe(200);
    expect((await get('/networks/back')).json).toMatchObject({ Name: 'node-1/back', Id: network.json.Id });
    expect((await post('/networks/back/disconnect', { Container: 'web' })).status).toBe(200);
    expect((await ask(address, 'DELETE', '/networks/node-1/back')).status).toBe(204);
  });

  it('is 404 for plugins, so that docker inspect ends well, and 501 for what a cluster has not', async () => {
    expect((await get('/plugins/nosuch/json')).status).toBe(404);
    expect(await get('/nodes')).toMatchObject({ status: 501, json: { message: 'Not supported in clustering mode.' } });
    expect(await get('/nosuch')).toMatchObject({ status: 404, json: { message: 'page not found' } });
    expect((await ask(address, 'DELETE', '/info')).status).toBe(404);
  });
});

describe.each(fleetKinds)('closing the Docker API of a %s fleet', (kind) => {
  it('ends streams, hijacked ones too, in bounded time', async () => {
    const served = await serveFleet([{ name: 'node-1' }], {}, kind);
    const made = await ask(served.address, 'POST', '/containers/create?name=a1', {
      Image: 'busybox',
      Cmd: ['sleep', '60'],
    });
    await ask(served.address, 'POST', `/containers/${made.json.Id}/start`);
    const events = await begin(served.address, 'GET', '/events');
    const stream = await upgrade(served.address, '/containers/a1/attach?stream=1&stdout=1');
    const closed = new Promise((resolve) => events.on('error', () => undefined).once('close', resolve));
    const ended = [closed, once(stream.socket, 'end')];
    await served.api.close();
    await Promise.all(ended);
    stream.socket.destroy();
    await served.close();
  });

  it('leaves nothing open when one of several addresses is taken', async () => {
    const served = await serveFleet([{ name: 'node-1' }], {}, kind);
    const [taken = ''] = served.api.addresses;
    const listen = ['tcp://127.0.0.1:0', taken];
    await expect(openDockerApi(served.fleet, { listen, version: '1' })).rejects.toThrow('the port is taken');
    const again = await openDockerApi(served.fleet, { listen: ['tcp://127.0.0.1:0'], version: '1' });
    expect((await ask(hostOf(again), 'GET', '/_ping')).status).toBe(200);
    await again.close();
    await served.close();
  });
});
