import { afterEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import type { AnyObject } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { type messages, toAny } from '../../src/wire/index.js';
import { FakeServer, type WatchCall } from '../support/fake-server.js';

type Response = messages.WatchResponse;

describe('a transaction that comes in parts', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
  });

  async function eventsOf(ids: readonly string[]): Promise<messages.WatchEvent[]> {
    const store = new MemoryStore();
    const nodes = await store.update((tx) => ids.map((id) => tx.nodes().create({ id })));
    return nodes.map((node) => ({ action: 'create', kind: 'node', object: toAny('node', node as AnyObject) }));
  }

  /** A client of a member that answers each watch with the next of these; what it was asked is kept. */
  async function answering(...answers: readonly (readonly Response[])[]) {
    const asked: messages.WatchRequest[] = [];
    const server = await FakeServer.start({
      watch: {
        Watch: (call: WatchCall) => {
          const responses = answers[asked.length] ?? [];
          asked.push(call.request);
          for (const response of responses) call.write(response);
          if (asked.length < answers.length) call.end();
        },
      },
    });
    const client = new Client({ hosts: [server.addr] });
    open.push(client, server);
    return { client, asked };
  }

  const part = (version: number, events: readonly messages.WatchEvent[], continued?: true): Response => ({
    lineage: 'l',
    transaction: { version, time: 1, events, ...(continued && { continued }) },
  });
  const synced: Response = { lineage: 'l', synced: { version: 4 } };
  const idsOf = (transaction: { events: readonly { object: { id: string } }[] } | undefined) =>
    transaction?.events.map(({ object }) => object.id);

  it('is taken again from the version before it when the stream breaks off inside', async () => {
    const [a, b, c] = (await eventsOf(['a', 'b', 'c'])) as [
      messages.WatchEvent,
      messages.WatchEvent,
      messages.WatchEvent,
    ];
    const { client, asked } = await answering(
      [synced, part(5, [a], true), part(5, [b], true)],
      [synced, part(5, [a], true), part(5, [b], true), part(5, [c]), part(6, [])],
    );
    const watching = client.watch({ from: 4 });
    const { value: first } = await watching.next();
    expect(first?.version).toBe(5);
    expect(idsOf(first || undefined)).toEqual(['a', 'b', 'c']);
    expect(((await watching.next()).value as { version: number }).version).toBe(6);
    expect(asked.map(({ resumeFrom }) => resumeFrom)).toEqual([4, 4]);
    await watching.return();
  });

  it.each([
    { what: 'another transaction', between: part(6, []) },
    { what: 'a bookmark', between: { lineage: 'l', bookmark: { version: 9 } } },
  ])('is not taken for whole when $what comes inside', async ({ between }) => {
    const [a, b] = (await eventsOf(['a', 'b'])) as [messages.WatchEvent, messages.WatchEvent];
    const { client } = await answering(
      [synced, part(5, [a], true), between],
      [synced, part(5, [a], true), part(5, [b])],
    );
    const watching = client.watch({ from: 4 });
    const { value: first } = await watching.next();
    expect(idsOf(first || undefined)).toEqual(['a', 'b']);
    await watching.return();
  });
});
