import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { EventReader, HttpMember } from '../support/http-member.js';

describe('/api/events', () => {
  let http: HttpMember;
  const readers: EventReader[] = [];
  beforeEach(async () => {
    http = await HttpMember.open();
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await http.close();
  });

  async function read(query = '', headers: Record<string, string> = {}): Promise<EventReader> {
    const reader = await EventReader.open(`http://${http.endpoint.addr}/api/events${query}`, headers);
    readers.push(reader);
    await until('the stream begins', () => reader.events.length > 0);
    return reader;
  }

  const add = (id: string, hostname = id) =>
    http.member.store.update((tx) => void tx.nodes().create({ id, description: { hostname } }), {
      actor: 'alice',
      reason: 'a test',
    });
  const ids = (reader: EventReader) =>
    reader.of('transaction').flatMap(({ changes }) => changes.map(({ id }: { id: string }) => id));

  it('sends each transaction as one event, with actor, reason and objects', async () => {
    const reader = await read();
    expect(reader.of('ready')).toEqual([{ member: 'm1', version: 0 }]);
    await http.member.store.update(
      (tx) => {
        tx.nodes().create({ id: 'a' });
        tx.networks().create({ id: 'net', spec: { annotations: { name: 'net' } } });
      },
      { actor: 'alice', reason: 'a test' },
    );
    await until('the transaction came', () => reader.of('transaction').length === 1);
    expect(reader.of('transaction')[0]).toMatchObject({
      version: 1,
      actor: 'alice',
      reason: 'a test',
      changes: [
        { action: 'create', kind: 'node', id: 'a', object: { id: 'a', meta: { version: 1 } } },
        { action: 'create', kind: 'network', id: 'net', name: 'net' },
      ],
    });
  });

  it('sends only what is asked for', async () => {
    const kinds = await read('?kind=networks');
    const deleted = await read('?action=delete&kind=node');
    const one = await read('?id=b');
    await add('a');
    await add('b');
    await http.member.store.update((tx) => {
      tx.nodes().delete('a');
      tx.networks().create({ id: 'net', spec: { annotations: { name: 'net' } } });
    });
    await until('all came', () => [kinds, deleted, one].every((reader) => ids(reader).length > 0));
    expect([ids(kinds), ids(deleted), ids(one)]).toEqual([['net'], ['a'], ['b']]);
  });

  it('resumes behind the last event without a gap', async () => {
    const reader = await read();
    await add('a');
    await until('a came', () => ids(reader).length === 1);
    const { id = '' } = reader.events.at(-1) ?? {};
    reader.close();
    await add('b');
    await add('c');
    const next = await read('', { 'Last-Event-ID': id });
    await add('d');
    await until('d came', () => ids(next).includes('d'));
    expect(ids(next)).toEqual(['b', 'c', 'd']);
    const all = await read('?from=0');
    await until('d came again', () => ids(all).includes('d'));
    expect(ids(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tells a reader of another history to read again, and goes on', async () => {
    await add('a');
    const reader = await read('', { 'Last-Event-ID': '7.anotherhistory' });
    expect(reader.of('resync')).toMatchObject([{ code: 'RESYNC', version: 1 }]);
    await add('b');
    await until('b came', () => ids(reader).length === 1);
    expect(ids(reader)).toEqual(['b']);
  });

  it('tells a reader that history no longer reaches back, and goes on', async () => {
    await http.close();
    http = await HttpMember.open({ history: { transactions: 2 } });
    for (const id of ['a', 'b', 'c', 'd']) await add(id);
    const reader = await read('?from=0');
    await until('it is told', () => reader.of('resync').length === 1);
    expect(reader.of('resync')[0]).toMatchObject({ code: 'VERSION_COMPACTED', version: 4 });
    await add('e');
    await until('e came', () => ids(reader).length > 0);
    expect(ids(reader)).toEqual(['e']);
  });

  it('tells its readers of a restore, and goes on', async () => {
    const reader = await read();
    await add('a');
    await http.member.restore(http.member.store.save());
    await until('it is told', () => reader.of('resync').length === 1);
    expect(reader.of('resync')[0].code).toBe('RESYNC');
    await add('b');
    await until('b came', () => ids(reader).includes('b'));
  });

  it('does not show the data of a secret, before or after', async () => {
    const reader = await read();
    await http.member.store.update(
      (tx) => void tx.secrets().create({ id: 's', spec: { annotations: { name: 's' }, data: 'aHVzaA==' } }),
    );
    await http.member.store.update(
      (tx) => void tx.secrets().update({ id: 's', spec: { annotations: { name: 's' }, data: 'bm93' } }),
    );
    await until('both came', () => ids(reader).length === 2);
    expect(JSON.stringify(reader.events)).not.toMatch(/aHVzaA|bm93/);
  });

  it('ends when the member ends, and leaves no watch behind when its reader goes', async () => {
    const reader = await read();
    const other = await read();
    expect(http.member.store.queue.listeners).toBe(2);
    other.close();
    await until('the watch is gone', () => http.member.store.queue.listeners === 1);
    await http.member.close();
    await until('the stream has ended', () => reader.ended);
  });
});
