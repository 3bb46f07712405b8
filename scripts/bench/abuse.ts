import { Client as GrpcClient, type ClientReadableStream, type ClientUnaryCall, credentials } from '@grpc/grpc-js';
import { deferred } from '../../src/base/deferred.js';
import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { changeOf, Client } from '../../src/client/index.js';
import { builtInKinds, canonicalObject, type StoredObject } from '../../src/kinds/index.js';
import { methodOf } from '../../src/rpc/index.js';
import { toAny } from '../../src/wire/index.js';
import { ProbedManager } from '../abuse/manager.js';
import { type Figure, figure } from './figure.js';

/** Longest stall of a manager's event loop under more than anybody should ask of it. */
export async function* abuseSuite(): AsyncGenerator<Figure> {
  const manager = await ProbedManager.start();
  try {
    await warmUp(manager.addr);
    await stallOf(manager);
    for (const connections of [1, 4])
      for (const how of ['apart', 'together'] as const) yield await watched(manager, connections, how);
    for (const wait of ['burst', 'turn'] as const) yield await cancelled(manager, wait);
    for (const what of ['frames', 'selectors', 'changes'] as const) yield await heavy(manager, what);
    for (const count of [250, 1_000, 4_000]) yield await applied(manager, count);
  } finally {
    await manager.stop();
  }
}

const stallOf = async (manager: ProbedManager) => Math.round((await manager.most()).stallMs);

const asIs = (bytes: Buffer) => bytes;
const { path: watchPath, requestSerialize: watchBytes } = methodOf('watch', 'Watch');
const { path: framePath, requestSerialize: frameBytes } = methodOf('raft', 'Stream');
const { path: applyPath, requestSerialize: applyBytes } = methodOf('control', 'Apply');
const { path: getPath, requestSerialize: getBytes } = methodOf('control', 'Get');

function connect(addr: string): GrpcClient {
  return new GrpcClient(addr, credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1, 'grpc.enable_http_proxy': 0 }); // prettier-ignore
}

const node = (hostname: string) => ({ description: { hostname } });

async function warmUp(addr: string): Promise<void> {
  const client = new Client({ hosts: [addr] });
  for (let i = 0; i < 500; i++) await client.create('node', node(`warm${i}`));
  client.close();
}

/** 2,000 watches of every node, and 200 writes at once or in one transaction. Ends when every watch has every write. */
async function watched(manager: ProbedManager, connections: number, how: 'apart' | 'together'): Promise<Figure> {
  const [watches, writes] = [2_000, 200];
  const clients = Array.from({ length: connections }, () => connect(manager.addr));
  const request = watchBytes({ selectors: [{ kind: 'node' }], matchEither: false, bookmarkMs: 600_000, snapshot: false, wait: false }); // prettier-ignore
  const open: ClientReadableStream<Buffer>[] = [];
  let arrived = 0;
  let begun = 0;
  const all = deferred<void>();
  const standing = deferred<void>();
  for (let i = 0; i < watches; i++) {
    const client = clients[i % connections] as GrpcClient;
    const stream = client.makeServerStreamRequest(watchPath, asIs, asIs, request, {});
    let first = true;
    stream.on('error', (error: Error) => (/CANCELLED/.test(error.message) ? undefined : all.reject(error)));
    stream.on('data', () => {
      if (first) {
        first = false;
        if (++begun === watches) standing.resolve();
      } else if (++arrived === watches * (how === 'apart' ? writes : 1)) all.resolve();
    });
    open.push(stream);
  }
  await standing.promise;
  const opening = await stallOf(manager);
  const writer = new Client({ hosts: [manager.addr], timeoutMs: 60_000 });
  const start = performance.now();
  const names = Array.from({ length: writes }, (_, i) => `w${i}`);
  if (how === 'apart') await Promise.all(names.map((name) => writer.create('node', node(name))));
  else
    await writer.apply(
      names.map((name) =>
        changeOf('create', 'node', canonicalObject(builtInKinds.nodes, node(name), newId(systemRandom), noMeta)),
      ),
    );
  const written = (performance.now() - start) / 1_000;
  await all.promise;
  const seconds = (performance.now() - start) / 1_000;
  const stall = await stallOf(manager);
  for (const stream of open) stream.cancel();
  const closing = await stallOf(manager);
  for (const client of clients) client.close();
  writer.close();
  return figure('watched', watches * writes, seconds, { connections, how, writtenSeconds: written, longestStallMs: stall, openingStallMs: opening, closingStallMs: closing }); // prettier-ignore
}

/** 1,000 reads that are cancelled right after they were sent, or a turn of the client later. */
async function cancelled(manager: ProbedManager, wait: 'burst' | 'turn'): Promise<Figure> {
  const calls = 1_000;
  const client = connect(manager.addr);
  const request = getBytes({ kind: 'node', id: 'nobody', stale: false });
  const start = performance.now();
  for (let round = 0; round < 5; round++) {
    const open: ClientUnaryCall[] = [];
    const ended: Promise<void>[] = [];
    for (let i = 0; i < calls; i++) {
      ended.push(
        new Promise<void>((resolve) => {
          open.push(client.makeUnaryRequest(getPath, asIs, asIs, request, {}, () => resolve()));
        }),
      );
    }
    if (wait === 'turn') await new Promise((resolve) => setTimeout(resolve, 1));
    for (const call of open) call.cancel();
    await Promise.all(ended);
  }
  const seconds = (performance.now() - start) / 1_000;
  const longestStallMs = await stallOf(manager);
  client.close();
  return figure('cancelledReads', calls * 5, seconds, { wait, longestStallMs });
}

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

function service(name: string): StoredObject {
  const task = { container: { image: 'nginx:1.27', env: ['A=1', 'B=2'] } };
  return canonicalObject(builtInKinds.services, { spec: { annotations: { name }, task } }, newId(systemRandom), noMeta);
}

/** 64 requests at once of which each takes many milliseconds to read. */
async function heavy(manager: ProbedManager, what: 'frames' | 'selectors' | 'changes'): Promise<Figure> {
  const calls = 64;
  const client = connect(manager.addr);
  const bytes = {
    frames: () => frameBytes({ batch: { messages: Array.from({ length: 60_000 }, () => ({ type: 'heartbeat', from: 1, to: 1, term: 1 })) } }),
    selectors: () => watchBytes({ selectors: Array.from({ length: 50 }, () => ({ ids: Array.from({ length: 900 }, (_, i) => `node${i}`) })) }),
    changes: () => applyBytes({ changes: Array.from({ length: 250 }, (_, i) => ({ op: 'create', kind: 'service', id: '', object: toAny('service', service(`heavy${i}`)) })), dryRun: true, conditions: [] }),
  }[what](); // prettier-ignore
  const send = (done: () => void) => {
    if (what !== 'frames') {
      const path = what === 'changes' ? applyPath : watchPath;
      client.makeServerStreamRequest(path, asIs, asIs, bytes, {}).on('data', () => undefined).on('error', done).on('end', done); // prettier-ignore
      return;
    }
    const call = client.makeClientStreamRequest(framePath, asIs, asIs, {}, done);
    call.on('error', () => undefined);
    call.end(bytes);
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: calls }, () => new Promise<void>((resolve) => send(resolve))));
  const seconds = (performance.now() - start) / 1_000;
  const longestStallMs = await stallOf(manager);
  client.close();
  return figure('heavyRequests', calls, seconds, { what, bytes: bytes.length, longestStallMs });
}

/** Transactions of so many changes over the network. */
async function applied(manager: ProbedManager, count: number): Promise<Figure> {
  const client = new Client({ hosts: [manager.addr], timeoutMs: 60_000 });
  const rounds = 3;
  const start = performance.now();
  let failed = '';
  for (let round = 0; round < rounds; round++) {
    const changes = Array.from({ length: count }, (_, i) => ({
      op: 'create' as const,
      kind: 'service',
      id: '',
      object: toAny('service', service(`s${count}-${round}-${i}`)),
    }));
    await client.apply(changes).catch((error: unknown) => (failed = (error as Error).message.slice(0, 60)));
  }
  const seconds = (performance.now() - start) / 1_000;
  const longestStallMs = await stallOf(manager);
  client.close();
  return figure('apply', rounds, seconds, { changes: count, longestStallMs, ...(failed !== '' && { failed }) });
}
