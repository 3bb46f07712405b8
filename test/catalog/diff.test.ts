import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CatalogEvent, Diff, Instance } from '../../src/catalog/index.js';

const instance = (id: string, port = 80, tags: string[] = []) =>
  new Instance(
    { id, name: 'web', host: 'h', port, tags, meta: {}, weight: 1, health: 'passing', agentId: 'a', lost: false },
    'a',
  );
const text = (events: readonly CatalogEvent[]) =>
  events.map(({ op, instance: { id, port } }) => `${op} ${id}:${port}`).join(' ');
/** `b:1 a:2` as a state. */
const state = (words: string) =>
  words.split(' ').flatMap((word) => {
    const [id = '', port] = word.split(':');
    return id === '' ? [] : [instance(id, Number(port))];
  });

describe('Diff', () => {
  it.each([
    { from: '', to: '', told: '', because: 'nothing is nothing new' },
    { from: '', to: 'b:1 a:1', told: 'add b:1 add a:1', because: 'adds come in the order of the state' },
    { from: 'a:1 b:1', to: 'b:1 a:1', told: '', because: 'another order is no change' },
    { from: 'a:1 b:1', to: 'b:2 c:1 a:1', told: 'update b:2 add c:1', because: 'only what changed is an update' },
    { from: 'c:1 a:1 b:1', to: '', told: 'delete a:1 delete b:1 delete c:1', because: 'deletes are sorted' },
    { from: 'a:1 b:1', to: 'c:1', told: 'add c:1 delete a:1 delete b:1', because: 'deletes come last' },
    { from: '', to: 'a:1 a:2', told: 'add a:2', because: 'of an id that is there twice the last counts' },
  ])("tells '$told' from '$from' to '$to': $because", ({ from, to, told }) => {
    const diff = new Diff();
    diff.apply(state(from));
    expect(text(diff.apply(state(to)))).toBe(told);
  });

  it('reports as updates what stayed the same, when it is strict', () => {
    const diff = new Diff({ strict: true });
    expect(text(diff.apply(state('a:1 b:1')))).toBe('add a:1 add b:1');
    expect(text(diff.apply(state('b:1')))).toBe('update b:1 delete a:1');
  });

  it('sees a change of anything that an instance says', () => {
    const diff = new Diff();
    diff.apply([instance('a', 80, ['x'])]);
    expect(diff.apply([instance('a', 80, ['x'])])).toEqual([]);
    expect(text(diff.apply([instance('a', 80, ['x', 'y'])]))).toBe('update a:80');
  });

  it('leads from any state to any other, with nothing that is not needed', () => {
    const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const ports = fc.integer({ min: 1, max: 3 });
    const states = fc.array(fc.uniqueArray(fc.tuple(ids, ports), { selector: ([id]) => id }), { maxLength: 8 });
    fc.assert(
      fc.property(states, fc.boolean(), (sequence, strict) => {
        const diff = new Diff({ strict });
        const model = new Map<string, number>();
        for (const wanted of sequence) {
          const before = new Map(model);
          for (const { op, instance: one } of diff.apply(wanted.map(([id, port]) => instance(id, port)))) {
            expect(model.has(one.id)).toBe(op !== 'add');
            if (op === 'update' && !strict) expect(before.get(one.id)).not.toBe(one.port);
            if (op === 'delete') model.delete(one.id);
            else model.set(one.id, one.port);
          }
          expect([...model].sort()).toEqual([...wanted].sort());
        }
      }),
    );
  });
});
