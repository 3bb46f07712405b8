import { type Client, type Metadata, Metadata as NoMetadata, type ServiceError } from '@grpc/grpc-js';
import { methodOf } from '../../src/rpc/index.js';
import { descriptor, fromAny, type messages, packageName } from '../../src/wire/index.js';

/** One method, by its path, as a caller without any code of ours sees it. */
export interface RawMethod {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

interface Item {
  readonly nested?: Readonly<Record<string, Item>>;
  readonly methods?: Readonly<Record<string, { readonly requestStream?: boolean; readonly responseStream?: boolean }>>;
}

const rawMethod = (path: string, { requestStream = false, responseStream = false }): RawMethod => ({
  path,
  requestStream,
  responseStream,
});

/** Every method of proto/, and those of the services that come with gRPC. */
export function everyMethod(): RawMethod[] {
  let item = descriptor as Item;
  for (const part of packageName.split('.')) item = item.nested?.[part] ?? {};
  const ours = Object.entries(item.nested ?? {}).flatMap(([service, { methods = {} }]) =>
    Object.entries(methods).map(([name, method]) => rawMethod(`/${packageName}.${service}/${name}`, method)),
  );
  const both = { requestStream: true, responseStream: true };
  return [
    ...ours,
    rawMethod('/grpc.health.v1.Health/Check', {}),
    rawMethod('/grpc.health.v1.Health/List', {}),
    rawMethod('/grpc.health.v1.Health/Watch', { responseStream: true }),
    rawMethod('/grpc.reflection.v1.ServerReflection/ServerReflectionInfo', both),
    rawMethod('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', both),
  ];
}

/** Bytes that are no message of any type: whoever reads them says so. */
export const unreadable = Buffer.from([0xff, 0xff]);

/** Status with which a call ended; code 0 for one that succeeded. */
export interface Ended {
  readonly code: number;
  readonly details: string;
}

const asIs = (bytes: Buffer) => bytes;

/** Calls a method with one message of these bytes. */
export function callRaw(
  client: Client,
  { path, requestStream, responseStream }: RawMethod,
  bytes: Buffer,
  { metadata = new NoMetadata(), timeoutMs = 10_000 }: { metadata?: Metadata; timeoutMs?: number } = {},
): Promise<Ended> {
  const options = { deadline: Date.now() + timeoutMs };
  return new Promise((resolve) => {
    const done = (error?: ServiceError | null) => resolve({ code: error?.code ?? 0, details: error?.details ?? '' });
    if (!requestStream && !responseStream) {
      client.makeUnaryRequest(path, asIs, asIs, bytes, metadata, options, done);
      return;
    }
    if (requestStream && !responseStream) {
      const call = client.makeClientStreamRequest(path, asIs, asIs, metadata, options, done);
      call.on('error', () => undefined);
      call.write(bytes);
      call.end();
      return;
    }
    if (requestStream) {
      const call = client.makeBidiStreamRequest(path, asIs, asIs, metadata, options);
      call.on('data', () => undefined).on('error', done);
      call.on('end', () => done());
      call.write(bytes); // not ended: whoever reads it has to answer
      return;
    }
    const call = client.makeServerStreamRequest(path, asIs, asIs, bytes, metadata, options);
    call.on('data', () => undefined).on('error', done);
    call.on('end', () => done());
  });
}

/** Sends calls on one stream of `Calls.Multiplex`. Resolves with how each ended, in order. */
export function callCarried(client: Client, calls: readonly Partial<messages.Call>[]): Promise<Ended[]> {
  const { path, requestSerialize, responseDeserialize } = methodOf('calls', 'Multiplex');
  const stream = client.makeBidiStreamRequest(
    path,
    requestSerialize,
    responseDeserialize as (bytes: Buffer) => messages.MultiplexResponse,
    { deadline: Date.now() + 10_000 },
  );
  return new Promise((resolve, reject) => {
    const ended = new Map<number, Ended>();
    stream.on('error', reject);
    stream.on('data', ({ answers }: messages.MultiplexResponse) => {
      for (const { id, error } of answers) ended.set(id, { code: error?.status ?? 0, details: error?.message ?? '' });
      if (ended.size < calls.length) return;
      stream.cancel();
      resolve(calls.map((_, i) => ended.get(i + 1) ?? { code: -1, details: 'no answer' }));
    });
    const given = { timeoutMs: 5_000, request: unreadable, forwarded: false, onBehalfOf: '' };
    stream.write({ calls: calls.map((call, i) => ({ ...given, ...call, id: i + 1 })), cancelled: [] });
  });
}

/** A watch of everything over a connection of gRPC itself, which nothing resumes. */
export class RawWatch {
  /** Ids of the objects of which it was told. */
  readonly seen: string[] = [];
  follows = false;
  /** Status with which it ended. */
  ended: Ended | undefined;

  constructor(client: Client, request: Partial<messages.WatchRequest> = {}) {
    const { path, requestSerialize, responseDeserialize } = methodOf('watch', 'Watch');
    const whole = { selectors: [], matchEither: false, bookmarkMs: 1_000, snapshot: false, wait: false, ...request };
    const stream = client.makeServerStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => messages.WatchResponse,
      whole,
    );
    stream.on('data', ({ synced, transaction, snapshot }: messages.WatchResponse) => {
      if (synced) this.follows = true;
      for (const { kind, object } of [...(transaction?.events ?? []), ...(snapshot?.objects ?? [])])
        this.seen.push((fromAny(kind, object).object as { readonly id: string }).id);
    });
    stream.on('error', ({ code, details }: ServiceError) => (this.ended = { code, details }));
    stream.on('end', () => (this.ended ??= { code: 0, details: '' }));
  }
}
