import type { FakeCall } from './call.js';
import type { FakeExecBody } from './execs.js';
import { type FakeRegistryImage, familiar, historyOf } from './images.js';
import { type FakeNetworkBody, notASwarmManager } from './networks.js';
import { attach, events, execStart, logs, type Terminal, wait } from './streams.js';
import { type FakeContainerBody, FakeEngineError, type FakeHostConfig, type Json } from './types.js';
import type { FakeVolumeBody } from './volumes.js';

/** Answers a call; `open` turns its connection into a stream both ways. */
export type Handler = (call: FakeCall, open: (type: string, tty: boolean) => Terminal) => void | Promise<void>;

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly run: Handler;
}

const route = (method: string, path: string, run: Handler): Route => ({
  method,
  path: new RegExp(`^${path.replaceAll('{id}', '([^/]+)').replaceAll('{name}', '(.+)')}$`),
  run,
});

const routes: readonly Route[] = [
  route('GET', '/_ping', (call) => ping(call)),
  route('HEAD', '/_ping', (call) => ping(call)),
  route('GET', '/info', (call) => call.send(200, call.engine.info())),
  route('GET', '/version', (call) => call.send(200, call.engine.version())),
  route('GET', '/events', events),
  route('POST', '/auth', (call) => call.send(200, { Status: 'Login Succeeded', IdentityToken: '' })),
  ...swarmOnly('/nodes', '/services', '/tasks', '/secrets', '/configs', '/swarm'),
  route('GET', '/plugins/{name}/json', (call) => {
    throw new FakeEngineError(404, `plugin "${call.id}" not found`);
  }),

  route('GET', '/containers/json', listContainers),
  route('POST', '/containers/create', createContainer),
  route('POST', '/containers/prune', (call) => call.send(200, call.engine.containers.prune())),
  route('GET', '/containers/{id}/json', (call) => call.send(200, call.engine.containers.inspect(call.id))),
  route('GET', '/containers/{id}/top', (call) => {
    call.send(200, call.engine.containers.top(call.id, call.query.get('ps_args') || undefined));
  }),
  route('GET', '/containers/{id}/logs', logs),
  route('GET', '/containers/{id}/changes', (call) => (call.engine.containers.get(call.id), call.send(200, null))),
  route('GET', '/containers/{id}/stats', stats),
  route('POST', '/containers/{id}/start', (call) => call.send(call.engine.containers.start(call.id) ? 204 : 304)),
  route('POST', '/containers/{id}/stop', async (call) => {
    call.send((await call.engine.containers.stop(call.id, call.seconds('t'))) ? 204 : 304);
  }),
  route('POST', '/containers/{id}/restart', async (call) => {
    await call.engine.containers.restart(call.id, call.seconds('t'));
    call.send(204);
  }),
  done('/containers/{id}/kill', (call) => call.engine.containers.kill(call.id, call.query.get('signal') ?? '')),
  done('/containers/{id}/pause', (call) => call.engine.containers.pause(call.id)),
  done('/containers/{id}/unpause', (call) => call.engine.containers.unpause(call.id)),
  done('/containers/{id}/rename', (call) => call.engine.containers.rename(call.id, call.query.get('name') ?? '')),
  route('POST', '/containers/{id}/wait', wait),
  route('POST', '/containers/{id}/update', (call) => {
    call.engine.containers.update(call.id, call.json<FakeHostConfig>());
    call.send(200, { Warnings: null });
  }),
  route('POST', '/containers/{id}/resize', resize),
  route('POST', '/containers/{id}/attach', attach),
  route('POST', '/containers/{id}/exec', (call) => {
    call.send(201, { Id: call.engine.execs.create(call.id, call.json<FakeExecBody>()).id });
  }),
  route('PUT', '/containers/{id}/archive', putArchive),
  route('GET', '/containers/{id}/archive', getArchive),
  route('HEAD', '/containers/{id}/archive', getArchive),
  route('DELETE', '/containers/{id}', (call) => {
    call.engine.containers.remove(call.id, { force: call.flag('force'), volumes: call.flag('v') });
    call.send(204);
  }),
  route('POST', '/exec/{id}/start', execStart),
  route('GET', '/exec/{id}/json', (call) => call.send(200, call.engine.execs.inspect(call.id))),
  route('POST', '/exec/{id}/resize', (call) => (call.engine.execs.get(call.id), call.send(200))),
  route('POST', '/commit', (call) => {
    const [container = '', repo = '', tag = '', comment = ''] = ['container', 'repo', 'tag', 'comment'].map(
      (name) => call.query.get(name) ?? '',
    );
    call.send(201, {
      Id: call.engine.commit(container, repo, tag, comment, !/^(0|false)$/.test(call.query.get('pause') ?? '')),
    });
  }),

  route('GET', '/images/json', (call) => call.send(200, call.engine.images.list(call.query.get('filters')))),
  route('POST', '/images/create', createImage),
  route('POST', '/images/load', loadImages),
  route('GET', '/images/get', (call) => saveImages(call, call.query.getAll('names'))),
  route('GET', '/images/{name}/get', (call) => saveImages(call, [call.id])),
  route('GET', '/images/{name}/json', (call) => call.send(200, call.engine.images.inspect(call.id))),
  route('GET', '/images/{name}/history', (call) => call.send(200, historyOf(call.engine.images.mustFind(call.id)))),
  route('POST', '/images/{name}/tag', (call) => {
    call.engine.images.tag(call.id, call.query.get('repo') ?? '', call.query.get('tag') ?? '');
    call.send(201);
  }),
  route('DELETE', '/images/{name}', (call) => call.send(200, call.engine.images.remove(call.id, call.flag('force')))),

  route('GET', '/volumes', (call) => {
    call.send(200, { Volumes: call.engine.volumes.list(call.query.get('filters')), Warnings: null });
  }),
  route('POST', '/volumes/create', (call) => call.send(201, call.engine.volumes.create(call.json<FakeVolumeBody>()))),
  route('POST', '/volumes/prune', (call) => call.send(200, call.engine.volumes.prune())),
  route('GET', '/volumes/{id}', (call) => call.send(200, call.engine.volumes.inspect(call.id))),
  route('DELETE', '/volumes/{id}', (call) => (call.engine.volumes.remove(call.id), call.send(204))),

  route('GET', '/networks', (call) => call.send(200, call.engine.networks.list(call.query.get('filters')))),
  route('POST', '/networks/create', (call) => {
    call.send(201, { Id: call.engine.networks.create(call.json<FakeNetworkBody>()), Warning: '' });
  }),
  route('POST', '/networks/prune', (call) => call.send(200, call.engine.networks.prune())),
  route('POST', '/networks/{id}/connect', (call) => {
    const { Container = '', EndpointConfig } = call.json<{ Container?: string; EndpointConfig?: Json | null }>();
    call.engine.containers.connect(call.id, Container, EndpointConfig ?? {});
    call.send(200);
  }),
  route('POST', '/networks/{id}/disconnect', (call) => {
    call.engine.containers.disconnect(call.id, call.json<{ Container?: string }>().Container ?? '');
    call.send(200);
  }),
  route('GET', '/networks/{id}', (call) => call.send(200, call.engine.networks.inspect(call.id))),
  route('DELETE', '/networks/{id}', (call) => (call.engine.networks.remove(call.id), call.send(204))),
];

/** The handler of this method and path, and the parts of the path that it names. */
export function findRoute(method: string, path: string): { run: Handler; parts: readonly string[] } | undefined {
  for (const { method: wanted, path: pattern, run } of routes) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return { run, parts: match.slice(1).map((part) => decodeURIComponent(part)) };
  }
  return undefined;
}

function done(path: string, run: (call: FakeCall) => void): Route {
  return route('POST', path, (call) => {
    run(call);
    call.send(204);
  });
}

function swarmOnly(...paths: readonly string[]): Route[] {
  return paths.map((path) =>
    route('GET', `${path}(?:/.*)?`, () => {
      throw new FakeEngineError(503, notASwarmManager);
    }),
  );
}

function ping(call: FakeCall): void {
  const fresh = { 'Cache-Control': 'no-cache, no-store, must-revalidate', Pragma: 'no-cache' };
  const body = new TextEncoder().encode(call.method === 'HEAD' ? '' : 'OK');
  call.sendBytes(body, 'text/plain; charset=utf-8', fresh);
}

function listContainers(call: FakeCall): void {
  const { query } = call;
  const [before, since, filters] = ['before', 'since', 'filters'].map((name) => query.get(name));
  const limit = Number(query.get('limit') ?? 0);
  call.send(
    200,
    call.engine.list({
      all: call.flag('all'),
      limit,
      before: before ?? null,
      since: since ?? null,
      filters: filters ?? null,
    }),
  );
}

function createContainer(call: FakeCall): void {
  const body = call.json<FakeContainerBody>({ empty: false });
  const { id } = call.engine.containers.create(call.query.get('name') || undefined, body);
  call.send(201, { Id: id, Warnings: [] });
}

function resize(call: FakeCall): void {
  const container = call.engine.containers.get(call.id);
  if (!container.running) throw new FakeEngineError(409, `Container ${container.id} is not running`);
  const [height = '', width = ''] = ['h', 'w'].map((name) => call.query.get(name) ?? '');
  call.engine.containers.emit(container, 'resize', { height, width });
  call.send(200);
}

function stats(call: FakeCall): void {
  const container = call.engine.containers.get(call.id);
  const cpu = { cpu_usage: { total_usage: 0 }, system_cpu_usage: 0, online_cpus: 1 };
  const shown = { id: container.id, name: `/${container.name}`, memory_stats: {}, cpu_stats: cpu, precpu_stats: cpu };
  call.send(200, {
    read: '0001-01-01T00:00:00Z',
    preread: '0001-01-01T00:00:00Z',
    pids_stats: {},
    networks: {},
    ...shown,
  });
}

/** A file system that holds what was put there, archive by archive; it does not unpack them. */
function putArchive(call: FakeCall): void {
  const container = call.engine.containers.get(call.id);
  if (container.host.ReadonlyRootfs === true) throw new FakeEngineError(500, 'container rootfs is marked read-only');
  (container.archives ??= new Map()).set(call.query.get('path') ?? '', call.body);
  call.engine.containers.emit(container, 'extract-to-dir');
  call.send(200);
}

function getArchive(call: FakeCall): void {
  const container = call.engine.containers.get(call.id);
  const path = call.query.get('path') ?? '';
  const bytes = container.archives?.get(path);
  if (!bytes) throw new FakeEngineError(404, `Could not find the file ${path} in container ${call.id}`);
  const stat = {
    name: path.split('/').at(-1),
    size: bytes.length,
    mode: 0o644,
    mtime: '0001-01-01T00:00:00Z',
    linkTarget: '',
  };
  const header = { 'X-Docker-Container-Path-Stat': btoa(JSON.stringify(stat)) };
  if (call.method === 'GET') call.engine.containers.emit(container, 'archive-path');
  call.sendBytes(call.method === 'GET' ? bytes : new Uint8Array(), 'application/x-tar', header);
}

function createImage(call: FakeCall): void {
  const { engine, query } = call;
  const [from = '', source = '', tag = '', repo = ''] = ['fromImage', 'fromSrc', 'tag', 'repo'].map(
    (name) => query.get(name) ?? '',
  );
  if (source !== '') {
    const name = repo === '' ? undefined : familiar(tag === '' ? repo : `${repo}:${tag}`);
    const image = engine.images.import(name, { size: call.body.length }, '', `Imported from ${source}`);
    return sendLines(call, [{ status: image.id }]);
  }
  const reference = tag === '' ? from : tag.startsWith('sha256:') ? `${from}@${tag}` : `${from}:${tag}`;
  sendLines(call, engine.pull(reference));
}

function sendLines(call: FakeCall, lines: readonly Json[]): void {
  const response = call.stream('application/json');
  for (const line of lines) response.write(`${JSON.stringify(line)}\r\n`);
  response.end();
}

interface Saved {
  readonly id: string;
  readonly tags: readonly string[];
  readonly of: FakeRegistryImage;
}

/** Opaque bytes: another fake engine loads them. */
function saveImages(call: FakeCall, names: readonly string[]): void {
  const saved: Saved[] = names.map((name) => {
    const { id, of, tags } = call.engine.images.mustFind(name);
    return { id, of, tags: [...tags] };
  });
  call.sendBytes(new TextEncoder().encode(JSON.stringify(saved)), 'application/x-tar');
}

function loadImages(call: FakeCall): void {
  const saved = call.json<readonly Saved[]>({ empty: false });
  const lines = saved.flatMap(({ id, tags, of }) => {
    call.engine.images.load(tags, id, of);
    return tags.length > 0
      ? tags.map((tag) => ({ stream: `Loaded image: ${tag}\n` }))
      : [{ stream: `Loaded image ID: ${id}\n` }];
  });
  sendLines(call, lines);
}
