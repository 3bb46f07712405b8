import {
  Client,
  connectivityState,
  credentials,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
} from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { StoreError } from '../../src/base/store-error.js';
import { Turns } from '../../src/base/turns.js';
import {
  Channel,
  connectionLost,
  methodOf,
  multiplexed,
  neverSent,
  services,
  toStatus,
  UnaryMethods,
} from '../../src/rpc/index.js';
import { CallStream } from '../../src/rpc/multiplex-client.js';
import { messageCodec, type messages } from '../../src/wire/index.js';
import { FakeServer } from '../support/fake-server.js';
import { until } from '../support/network-wait.js';

type Handler = handleUnaryCall<messages.GetRequest, unknown>;
type Stream = ServerDuplexStream<messages.MultiplexRequest, messages.MultiplexResponse>;

const get = methodOf('control', 'Get');
const nothing = messageCodec('GetResponse').encode({} as never);
const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** A connected channel to a server that answers calls of streams with `Get`, and single calls with `Local`. */
async function channelTo(addr: string): Promise<Channel> {
  const channel = new Channel(addr);
  open.push(channel);
  await channel.unary(methodOf('membership', 'Local'), {}, { timeoutMs: 5_000 });
  expect(channel.connected).toBe(true);
  return channel;
}

const ask = (channel: Channel, id: string, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
  channel.unary(get, { kind: 'node', id, stale: true }, options);
const failureOf = (answer: Promise<unknown>): Promise<unknown> =>
  answer.then(
    () => 'no failure',
    (error: unknown) => error,
  );

/** Carries calls to `Get`. */
async function carrying(handler: Handler): Promise<string> {
  const methods = new UnaryMethods();
  methods.add(services.control, { Get: handler });
  const server = new Server();
  const local = {
    Local: (_call: unknown, done: (error: null, answer: object) => void) =>
      done(null, { members: [], use: { kinds: [], history: {}, watches: 0 } }),
  };
  server.addService(services.membership, local);
  server.addService(...multiplexed({ methods, turns: new Turns(systemClock) }));
  open.push({ close: () => server.forceShutdown() });
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    );
  });
}

describe('calls on one stream', () => {
  it('are answered in whatever order: a slow one holds up no other', async () => {
    const held: (() => void)[] = [];
    const addr = await carrying((call, done) => {
      if (call.request.id === 'slow') held.push(() => done(null, { object: undefined }));
      else done(null, {});
    });
    const channel = await channelTo(addr);
    const order: string[] = [];
    const slow = ask(channel, 'slow').then(() => order.push('slow'));
    await Promise.all(['a', 'b'].map((id) => ask(channel, id).then(() => order.push(id))));
    held[0]?.();
    await slow;
    expect(order).toEqual(['a', 'b', 'slow']);
  });

  it('travel together when they are made together, and one stream takes them all', async () => {
    const frames: number[] = [];
    let streams = 0;
    const server = await FakeServer.start({
      calls: {
        Multiplex: ((stream: Stream) => {
          streams++;
          stream.on('data', ({ calls }: messages.MultiplexRequest) => {
            frames.push(calls.length);
            stream.write({ answers: calls.map(({ id }) => ({ id, response: nothing })) });
          });
          stream.on('end', () => stream.end());
        }) as never,
      },
    });
    open.push(server);
    const channel = await channelTo(server.addr);
    await Promise.all(Array.from({ length: 100 }, (_, i) => ask(channel, String(i))));
    await ask(channel, 'one more');
    expect(frames).toEqual([100, 1]);
    expect(streams).toBe(1);
  });

  it.each([
    new StoreError('NOT_FOUND', 'there is no node x'),
    new StoreError('NOT_LEADER', 'm2 leads', { leader: { name: 'm2, or so', addr: '[::1]:1' } }),
    new StoreError('SEQUENCE_CONFLICT', 'it has changed', { version: 7, path: 'spec/größe' }),
    new StoreError('QUORUM_LOST', 'too few', { unreached: ['a', 'b c'] }),
  ])('fail as a single call does: %s', async (error) => {
    const channel = await channelTo(await carrying((_call, done) => done(toStatus(error))));
    const failure = (await failureOf(ask(channel, 'x'))) as StoreError;
    expect(failure).toBeInstanceOf(StoreError);
    expect(failure).toMatchObject({ code: error.code, message: error.message, details: { ...error.details } });
  });

  it.each([
    [
      'what a method throws',
      () => {
        throw new StoreError('INVALID_OBJECT', 'no');
      },
      { code: 'INVALID_OBJECT' },
    ],
    [
      'an answer that cannot be written',
      (_call: unknown, done: (error: null, value: unknown) => void) =>
        done(null, {
          get object() {
            throw new Error('unwritable');
          },
        }),
      { code: 2 },
    ],
  ])('answer %s', async (_name, handler, expected) => {
    const channel = await channelTo(await carrying(handler));
    expect(await failureOf(ask(channel, 'x'))).toMatchObject(expected);
  });

  it('end at their deadline, and tell the member', async () => {
    const calls: { cancelled: boolean; getDeadline(): unknown }[] = [];
    const channel = await channelTo(await carrying((call) => void calls.push(call)));
    expect(await failureOf(ask(channel, 'x', { timeoutMs: 50 }))).toMatchObject({ code: 4 });
    await until('the member knows', () => calls[0]?.cancelled === true);
    expect(Number(calls[0]?.getDeadline())).toBeLessThan(Date.now() + 50);
  });

  it('end when their signal aborts, also before they are sent', async () => {
    const calls: { cancelled: boolean }[] = [];
    const channel = await channelTo(await carrying((call) => void calls.push(call)));
    const stop = new AbortController();
    const answer = failureOf(ask(channel, 'x', { signal: stop.signal }));
    await until('it has arrived', () => calls.length === 1);
    const unsent = failureOf(ask(channel, 'y', { signal: stop.signal }));
    stop.abort();
    expect(await answer).toMatchObject({ code: 1 });
    expect(await unsent).toMatchObject({ code: 1 });
    expect(await failureOf(ask(channel, 'z', { signal: stop.signal }))).toMatchObject({ code: 1 });
    await until('the member knows', () => calls[0]?.cancelled === true);
    expect(calls).toHaveLength(1);
  });

  it('may have been carried out when the stream breaks after it was taken, whatever the reason says', async () => {
    const server = await FakeServer.start({
      calls: {
        Multiplex: ((stream: Stream) => {
          stream.sendMetadata(stream.metadata.clone());
          stream.on('data', () => stream.emit('error', { code: 14, details: 'stream refused by server' }));
        }) as never,
      },
    });
    open.push(server);
    const channel = await channelTo(server.addr);
    const failure = await failureOf(ask(channel, 'x'));
    expect(connectionLost(failure)).toBe(true);
    expect(neverSent(failure)).toBe(false);
  });

  it('are made again on a new stream after one broke', async () => {
    let streams = 0;
    const server = await FakeServer.start({
      calls: {
        Multiplex: ((stream: Stream) => {
          const first = streams++ === 0;
          stream.on('data', ({ calls }: messages.MultiplexRequest) => {
            if (first) stream.end();
            else stream.write({ answers: calls.map(({ id }) => ({ id, response: nothing })) });
          });
          stream.on('end', () => stream.end());
        }) as never,
      },
    });
    open.push(server);
    const channel = await channelTo(server.addr);
    expect(connectionLost(await failureOf(ask(channel, 'x')))).toBe(true);
    await ask(channel, 'y');
    expect(streams).toBe(2);
  });

  it('are refused with the code of the store when the stream is, and by gRPC itself', async () => {
    const refusals = [
      [toStatus(new StoreError('UNAUTHENTICATED', 'the token was removed')), 'UNAUTHENTICATED'],
      [{ code: 16, details: 'no credentials' }, 'UNAUTHENTICATED'],
      [{ code: 7, details: 'not from here' }, 'DENIED'],
    ] as const;
    for (const [refusal, code] of refusals) {
      const server = await FakeServer.start({
        calls: { Multiplex: ((stream: Stream) => stream.emit('error', refusal)) as never },
      });
      open.push(server);
      const channel = await channelTo(server.addr);
      const calls = await Promise.all(['x', 'y'].map((id) => failureOf(ask(channel, id))));
      for (const failure of calls) expect(failure).toMatchObject({ name: 'StoreError', code });
    }
  });

  it('become single calls where the member carries none', async () => {
    const server = await FakeServer.start({ control: { Get: ((_call, done) => done(null, {})) as Handler as never } });
    open.push(server);
    await ask(await channelTo(server.addr), 'x');
  });

  it('are single calls when they are large', async () => {
    const server = await FakeServer.start({
      control: { Get: ((_call, done) => done(null, {})) as Handler as never },
      calls: { Multiplex: ((stream: Stream) => stream.emit('error', { code: 13, details: 'not this way' })) as never },
    });
    open.push(server);
    const channel = await channelTo(server.addr);
    await ask(channel, 'x'.repeat(40_000));
    expect(await failureOf(ask(channel, 'x'))).toMatchObject({ details: 'not this way' });
  });

  it('leave a connection without a stream that a member can close, and take another one later', async () => {
    const server = new Server({ 'grpc.max_connection_idle_ms': 50 });
    let [begun, ended] = [0, 0];
    const answer = (stream: Stream) => {
      begun++;
      stream.on('data', ({ calls }: messages.MultiplexRequest) => {
        stream.write({ answers: calls.map(({ id }) => ({ id, response: nothing })) });
      });
      stream.on('end', () => {
        ended++;
        stream.end();
      });
    };
    server.addService(services.calls, { Multiplex: answer as never });
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    open.push({ close: () => server.forceShutdown() });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const stream = new CallStream(client, methodOf('calls', 'Multiplex'), 20);
    open.push(client, stream);
    const call = () => {
      const bytes = get.requestSerialize({ kind: 'node', id: 'a', stale: true });
      const rest = { timeoutMs: 5_000, signal: undefined, forwarded: false, onBehalfOf: '', trace: '' };
      return stream.ask({ method: get, bytes, ...rest });
    };
    await Promise.all([call(), call()]);
    await until('the stream is ended', () => ended === 1);
    const { READY } = connectivityState;
    await until('the connection is closed', () => client.getChannel().getConnectivityState(false) !== READY);
    await call();
    expect(begun).toBe(2);
  });

  it('end when the channel is closed', async () => {
    const calls: { cancelled: boolean }[] = [];
    const channel = await channelTo(await carrying((call) => void calls.push(call)));
    const answer = failureOf(ask(channel, 'x'));
    await until('it has arrived', () => calls.length === 1);
    channel.close();
    expect(await answer).toMatchObject({ code: 1 });
    await until('the member knows', () => calls[0]?.cancelled === true);
  });
});

describe('a member that is sent a stream of calls', () => {
  /** A stream on which a test writes bytes as it likes, and the status that ends it. */
  function streamTo(addr: string) {
    const client = new Client(addr, credentials.createInsecure());
    open.push(client);
    const { path, responseDeserialize } = methodOf('calls', 'Multiplex');
    const stream = client.makeBidiStreamRequest(
      path,
      (bytes: Buffer) => bytes,
      responseDeserialize as (bytes: Buffer) => messages.MultiplexResponse,
    );
    const answers: messages.CallAnswer[] = [];
    stream.on('data', (message) => answers.push(...message.answers));
    const failure = new Promise((resolve) => stream.on('error', resolve).on('end', () => resolve('ended')));
    return { stream, answers, failure };
  }
  const frame = (calls: messages.Call[]) =>
    Buffer.from(messageCodec('MultiplexRequest').encode({ calls, cancelled: [] }));
  const call = (id: number, more: Partial<messages.Call> = {}): messages.Call => ({
    id,
    method: get.path,
    request: messageCodec('GetRequest').encode({ kind: 'node', id: String(id), stale: true }),
    timeoutMs: 0,
    forwarded: false,
    trace: '',
    onBehalfOf: '',
    ...more,
  });

  it.each([
    ['something else', () => Buffer.from('what is this?'), 'INVALID_ARGUMENT'],
    ['two calls with one id', () => frame([call(1), call(1)]), 'INVALID_ARGUMENT'],
  ])('ends one that says %s', async (_name, bytes, status) => {
    const { stream, failure } = streamTo(await carrying(() => undefined));
    stream.write(bytes());
    expect(String(await failure)).toContain(status);
  });

  it('refuses methods that are not there, and those with streams of their own', async () => {
    const addr = await carrying((_call, done) => done(null, {}));
    for (const path of ['/skep.v1.Control/List', '/skep.v1.Calls/Multiplex', 'x', '']) {
      const { stream, answers } = streamTo(addr);
      stream.write(frame([call(1, { method: path }), call(2)]));
      await until('both are answered', () => answers.length === 2);
      expect(answers.find(({ id }) => id === 1)?.error?.trailers).toMatchObject({ 'skep-error-code': 'NOT_SUPPORTED' });
      expect(answers.find(({ id }) => id === 2)?.error).toBeUndefined();
      stream.cancel();
    }
  });

  it('begins so many calls at a time, and reads no more while their answers are not taken', async () => {
    let begun = 0;
    const held: (() => void)[] = [];
    const addr = await carrying((_call, done) => {
      begun++;
      held.push(() => done(null, {}));
    });
    const { stream, answers } = streamTo(addr);
    stream.write(frame(Array.from({ length: 3_000 }, (_, i) => call(i + 1))));
    await until('it has begun some', () => begun === 1_024);
    for (let answered = 0; answered < 3_000; answered++) {
      await until('there is one to answer', () => held.length > 0);
      held.shift()?.();
    }
    await until('all are answered', () => answers.length === 3_000);
    expect(begun).toBe(3_000);
    stream.cancel();
  });
});
