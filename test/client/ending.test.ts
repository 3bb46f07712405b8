import { Readable } from 'node:stream';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.js';
import { Client } from '../../src/client/index.js';
import { FakeServer } from '../support/fake-server.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

type Stream = ServerWritableStream<object, object>;

/** Time that passes twenty times as fast. */
const fast: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() * 20,
  schedule: (delayMs, run) => systemClock.schedule(delayMs / 20, run),
};

describe('an iterator of a client', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  /** A member that says one thing on each stream, and then nothing more; `streams` is how many are open there. */
  async function silent(options: { says?: boolean; timeoutMs?: number; clock?: Clock } = {}) {
    const { says = true, timeoutMs = 60_000, clock = systemClock } = options;
    const calls = { streams: 0, begun: 0 };
    const answer = (first: object) => (call: Stream) => {
      calls.streams++;
      calls.begun++;
      if (says) call.write(first);
      call.on('cancelled', () => calls.streams--);
    };
    const server = await FakeServer.start({
      watch: { Watch: answer({ lineage: 'l', synced: { version: 1 } }) as never },
      control: { List: answer({ version: 1, objects: [] }) as never },
      backup: { Save: answer({ chunk: new Uint8Array(1) }) as never },
    });
    const client = new Client({ hosts: [server.addr], timeoutMs, clock });
    open.push(client, server);
    const iterators = {
      watch: (signal?: AbortSignal) => client.watch({ ...(signal && { signal }) }),
      messages: (signal?: AbortSignal) => client.messages({ ...(signal && { signal }) }),
      pages: (signal?: AbortSignal) => client.pages('node', undefined, { signal }),
      saveSnapshot: (signal?: AbortSignal) => client.saveSnapshot({ signal }),
    } satisfies Record<string, (signal?: AbortSignal) => AsyncGenerator<unknown, void>>;
    return { calls, iterators };
  }

  const names = ['watch', 'messages', 'pages', 'saveSnapshot'] as const;
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  describe.each(names)('%s', (name) => {
    it.each(['return', 'throw', 'abort'] as const)('ends within a turn on %s, and frees the stream', async (how) => {
      const { calls, iterators } = await silent();
      const stop = new AbortController();
      const items = iterators[name](stop.signal);
      if (name !== 'watch') await items.next();
      const seen: unknown[] = [];
      void items.next().then(
        (result) => seen.push(result.done),
        (error: unknown) => seen.push(error),
      );
      await until('the stream is open', () => calls.streams === 1);
      if (how === 'return') await items.return(undefined);
      else if (how === 'throw') await items.throw(new Error('why')).catch(() => undefined);
      else stop.abort(new Error('enough'));
      await turn();
      const quietly = how !== 'abort' || name === 'watch' || name === 'messages';
      expect(seen).toEqual([quietly ? true : new Error('enough')]);
      await until('the stream is gone', () => calls.streams === 0);
    });

    it('ends as a stream that is destroyed, and frees what it held', async () => {
      const { calls, iterators } = await silent();
      const stream = Readable.from(iterators[name]());
      stream.resume();
      await until('the stream is open', () => calls.streams === 1);
      const closed = new Promise((resolve) => stream.once('close', resolve));
      stream.destroy();
      await closed;
      await until('the stream is gone', () => calls.streams === 0);
    });
  });

  it.each(['pages', 'saveSnapshot'] as const)('%s ends with NOT_LEADER when the member goes silent', async (name) => {
    const { iterators, calls } = await silent({ timeoutMs: 100 });
    const items = iterators[name]();
    await items.next();
    expect(await codeOf(items.next())).toBe('NOT_LEADER');
    await until('the stream is gone', () => calls.streams === 0);
  });

  it.each(['pages', 'saveSnapshot'] as const)('%s ends with NOT_LEADER when the member never speaks', async (name) => {
    const { iterators } = await silent({ says: false, timeoutMs: 300 });
    expect(await codeOf(iterators[name]().next())).toBe('NOT_LEADER');
  });

  it.each(['watch', 'messages'] as const)('%s ends with NOT_LEADER when the only member goes silent', async (name) => {
    const { iterators, calls } = await silent({ clock: fast });
    const items = iterators[name]();
    if (name === 'messages') await items.next();
    expect(await codeOf(items.next())).toBe('NOT_LEADER');
    await until('the stream is gone', () => calls.streams === 0);
  });

  it('a watch goes on for as long as bookmarks come', async () => {
    let ended = false;
    const server = await FakeServer.start({
      watch: {
        Watch: ((call: Stream) => {
          const timer = setInterval(() => call.write({ lineage: 'l', bookmark: { version: 1 } }), 50);
          call.on('cancelled', () => clearInterval(timer));
        }) as never,
      },
    });
    const client = new Client({ hosts: [server.addr], clock: fast });
    open.push(client, server);
    const watching = client.watch();
    void watching.next().then(() => (ended = true));
    await new Promise((resolve) => setTimeout(resolve, 1_500)); // twice what silence may take
    expect(ended).toBe(false);
    await watching.return();
  });

  it('an answer without what was asked for is an error with a code', async () => {
    const empty = (_call: unknown, done: (error: null, answer: object) => void) => done(null, {});
    const server = await FakeServer.start({
      control: { Get: empty, Create: empty, Update: empty },
      watch: {
        Watch: ((call: Stream) => {
          call.write({
            lineage: 'l',
            transaction: { version: 9, time: 0, events: [{ action: 'create', kind: 'node' }] },
          });
        }) as never,
      },
    });
    const client = new Client({ hosts: [server.addr] });
    open.push(client, server);
    for (const asked of [
      client.get('node', 'a'),
      client.create('node', {}),
      client.update('node', { id: 'a' }),
      client.watch().next(),
    ])
      expect(await codeOf(asked)).toBe('INCOMPATIBLE');
  });
});
