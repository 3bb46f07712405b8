import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import { StoreError } from '../../src/base/store-error.js';
import { Client } from '../../src/client/index.js';
import { type Replication, storeBackend } from '../../src/docker/index.js';
import { reached } from '../../src/docker/swarm/store-backend.js';
import { canonicalObject, kindOf, type Secret } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { ask, type ServedFleet, serveFleet } from '../support/docker-http.js';
import { OpenMembers } from '../support/manager-open.js';
import { clusterId, memoryBackend } from '../support/swarm-world.js';

describe('a manager that hands containers on', () => {
  let store: MemoryStore;
  let served: ServedFleet;
  let asked: { line: string; body: string }[];
  let close: () => void;

  beforeEach(async () => {
    asked = [];
    const primary = createServer((request, response) => {
      void textOf(request).then((body) => {
        asked.push({ line: `${request.method} ${request.url}`, body });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"from":"the primary"}');
      });
    });
    primary.listen(0, '127.0.0.1');
    await once(primary, 'listening');
    close = () => primary.close();
    const address = `127.0.0.1:${(primary.address() as AddressInfo).port}`;
    const replication: Replication = {
      role: () => ({ is: 'replica', primary: address }),
      onChange: () => () => undefined,
    };
    store = new MemoryStore();
    served = await serveFleet([{ name: 'node-1' }], { swarm: memoryBackend(store), replication });
  });
  afterEach(async () => {
    await served.close();
    close();
    await store.close();
  });

  const textOf = async (request: IncomingMessage) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  };
  const send = (line: string, body?: unknown) => {
    const [method = '', path = ''] = line.split(' ');
    return ask(served.address, method, path, body);
  };
  const overlay = { Name: 'net', Driver: 'overlay' };
  const service = { Name: 'web', TaskTemplate: { ContainerSpec: { Image: 'i' }, Networks: [{ Target: 'net' }] } };

  it('answers itself what is of the cluster', async () => {
    expect((await send('POST /v1.41/networks/create', overlay)).status).toBe(201);
    expect((await send('POST /services/create', service)).status).toBe(201);
    for (const path of ['/services', '/services/web', '/tasks', '/nodes', '/secrets', '/configs', '/swarm', '/info'])
      expect((await send(`GET ${path}`)).json, path).not.toEqual({ from: 'the primary' });
    expect((await send('GET /networks')).json.map(({ Name: name }: { Name: string }) => name)).toContain('net');
    for (const path of ['/networks/net', '/networks/net?scope=swarm', '/networks/host?scope=swarm'])
      expect((await send(`GET ${path}`)).json, path).toMatchObject({ Scope: 'swarm' });
    expect((await send('DELETE /services/web')).status).toBe(200);
    expect((await send('DELETE /networks/net')).status).toBe(204);
    expect(asked).toEqual([]);
  });

  it('hands on what is of engines, with the body that it has read', async () => {
    const bridge = { Name: 'local', Driver: 'bridge' };
    const lines = [
      'GET /containers/json',
      'GET /networks/local',
      'DELETE /networks/local',
      'GET /events',
      'GET /volumes',
    ];
    for (const line of lines) expect((await send(line)).json, line).toEqual({ from: 'the primary' });
    expect((await send('POST /v1.41/networks/create', bridge)).json).toEqual({ from: 'the primary' });
    expect(asked.map(({ line }) => line)).toEqual([...lines, 'POST /v1.41/networks/create']);
    expect(JSON.parse(asked.at(-1)?.body ?? '')).toEqual(bridge);
  });
});

describe('a backend on the store of a member', () => {
  it('writes through the leader, and shows the write at once on a follower', async () => {
    const members = await OpenMembers.start(3);
    const follower = await members.follower();
    const client = new Client({ hosts: [follower.addr] });
    const backend = storeBackend({
      store: follower.store,
      client,
      cluster: () => ({ id: clusterId, self: '1', members: [] }),
      random: systemRandom,
    });
    try {
      const events: string[] = [];
      const stop = backend.events((event) => events.push(`${event.kind} ${event.action}`));
      const object = (name: string) => {
        const id = backend.newId();
        const spec = { annotations: { name }, data: 'YQ==' };
        return canonicalObject(kindOf('secret'), { id, spec }, id, {
          version: 0,
          createdAt: 0,
          updatedAt: 0,
        }) as Secret;
      };
      for (let at = 0; at < 20; at++) {
        const made = object(`s${at}`);
        await backend.write([{ do: 'create', kind: 'secret', object: made }], { reason: 'test' });
        const seen = backend.view((tx) => tx.secrets().get(made.id));
        expect(seen?.spec).toEqual(made.spec);
        if (!seen) continue;
        const stale = backend.write([{ do: 'update', kind: 'secret', object: made, version: seen.meta.version - 1 }], {
          reason: 'test',
        });
        await expect(stale).rejects.toMatchObject({ code: 'SEQUENCE_CONFLICT' });
        await backend.write([{ do: 'remove', kind: 'secret', id: made.id }], { reason: 'test' });
        expect(backend.view((tx) => tx.secrets().get(made.id))).toBeUndefined();
      }
      expect(events).toHaveLength(40);
      stop();
      await backend.write([{ do: 'create', kind: 'secret', object: object('last') }], { reason: 'test' });
      expect(events).toHaveLength(40);
    } finally {
      client.close();
      await members.close();
    }
  });

  it('waits for a version until it is here, the client gives up, or the store closes', async () => {
    const store = new MemoryStore();
    const write = () => store.update((tx) => void tx.nodes().create({}));
    await write();
    await reached(store, 1);
    const third = reached(store, 3);
    await write();
    await write();
    await third;
    const gone = new AbortController();
    const waiting = reached(store, 9, gone.signal);
    gone.abort(new Error('the client went away'));
    await expect(waiting).rejects.toThrow('the client went away');
    const closed = reached(store, 9);
    await store.close();
    await expect(closed).rejects.toThrow(StoreError);
  });
});
