import { describe, expect, it } from 'vitest';
import { type CatalogEvent, Instance, Watcher } from '../../src/catalog/index.js';

const instance = (id: string) =>
  new Instance(
    { id, name: 'web', host: 'h', port: 80, tags: [], meta: {}, weight: 1, health: 'passing', agentId: 'b', lost: false },
    'a',
  ); // prettier-ignore
const text = (events: readonly CatalogEvent[]) => events.map(({ op, instance: one }) => `${op} ${one.id}`).join(' ');

/** A watcher, what tells it, and whether it has stopped listening. */
function watching() {
  let tell: (state: readonly Instance[]) => void = () => undefined;
  const state = { stopped: 0, end: () => undefined as void };
  const watcher = new Watcher((told, closed) => {
    tell = told;
    state.end = closed;
    return () => void state.stopped++;
  });
  return { watcher, state, tell: (...ids: string[]) => tell(ids.map(instance)) };
}

describe('a watcher', () => {
  it('waits for the first state, and gives it as a whole', async () => {
    const { watcher, tell } = watching();
    const first = watcher.next();
    tell('b', 'a');
    expect(text(await first)).toBe('add b add a');
  });

  it('tells a slow reader the sum of what happened, once', async () => {
    const { watcher, tell } = watching();
    tell('a');
    expect(text(await watcher.next())).toBe('add a');
    tell('a', 'b');
    tell('b', 'c');
    tell('c', 'd');
    expect(text(await watcher.next())).toBe('add c add d delete a');
    const waiting = watcher.next();
    tell('c', 'd');
    tell('d');
    expect(text(await waiting)).toBe('delete c');
  });

  it('serves several that wait one after the other', async () => {
    const { watcher, tell } = watching();
    const both = [watcher.next(), watcher.next()];
    tell('a');
    tell('b');
    expect((await Promise.all(both)).map(text)).toEqual(['add a', 'add b delete a']);
  });

  it('rejects all that wait when it is closed, and listens no more', async () => {
    const { watcher, state, tell } = watching();
    const waiting = [watcher.next(), watcher.next()];
    watcher.close();
    watcher.close();
    tell('a');
    for (const one of waiting) await expect(one).rejects.toThrow('watcher closed');
    await expect(watcher.next()).rejects.toMatchObject({ code: 'WATCHER_CLOSED' });
    expect(state.stopped).toBe(1);
  });

  it('is an async iterable that ends quietly, and that a break closes', async () => {
    const { watcher, state, tell } = watching();
    tell('a');
    for await (const events of watcher) {
      expect(text(events)).toBe('add a');
      break;
    }
    expect(state.stopped).toBe(1);
    const other = watching();
    other.tell('a');
    const seen: string[] = [];
    for await (const events of other.watcher) {
      seen.push(text(events));
      other.state.end();
    }
    expect(seen).toEqual(['add a']);
  });
});
