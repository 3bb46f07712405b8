import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  all,
  and,
  type By,
  byCustom,
  byCustomPrefix,
  byCustomRange,
  byId,
  byIdPrefix,
  byIdRange,
  byMembership,
  byName,
  byNamePrefix,
  byNameRange,
  byRole,
  byServiceId,
  type FindOptions,
  MemoryStore,
  type Node,
  or,
} from '../../src/index.js';
import { thrownCode } from '../support/state-events.js';

/** A lookup and what it means, said naively: the key that orders what it finds, none for what it does not find. */
interface Meaning {
  readonly by: By;
  readonly keyOf: (node: Node) => string | undefined;
}

const text = fc.constantFrom('', 'a', 'ab', 'b', 'ba', 'c');
const range = fc.record({ from: text, to: text }, { requiredKeys: [] });
const inside = (value: string, { from = '', to }: { from?: string; to?: string }) =>
  value >= from && (to === undefined || value < to);
const nameOf = (node: Node) => node.description?.hostname.toLowerCase() ?? '';
const least = (values: readonly string[]) => [...values].sort()[0];
const custom = (node: Node, fits: (val: string) => boolean) =>
  least(node.spec.annotations.indices.filter(({ key, val }) => key === 'k' && fits(val)).map(({ val }) => val));
const none = () => '';

const simple: fc.Arbitrary<Meaning> = fc.oneof(
  fc.constant({ by: all, keyOf: none }),
  text.map((id) => ({ by: byId(id), keyOf: (node: Node) => (node.id === id ? '' : undefined) })),
  text.map((prefix) => ({
    by: byIdPrefix(prefix),
    keyOf: (node: Node) => (node.id.startsWith(prefix) ? '' : undefined),
  })),
  range.map((span) => ({ by: byIdRange(span), keyOf: (node: Node) => (inside(node.id, span) ? '' : undefined) })),
  text.map((name) => ({
    by: byName(name),
    keyOf: (node: Node) => (nameOf(node) === name && name !== '' ? name : undefined),
  })),
  text.map((prefix) => ({
    by: byNamePrefix(prefix),
    keyOf: (node: Node) => (nameOf(node) !== '' && nameOf(node).startsWith(prefix) ? nameOf(node) : undefined),
  })),
  range.map((span) => ({
    by: byNameRange(span),
    keyOf: (node: Node) => (nameOf(node) !== '' && inside(nameOf(node), span) ? nameOf(node) : undefined),
  })),
  text.map((val) => ({ by: byCustom('k', val), keyOf: (node: Node) => custom(node, (one) => one === val) })),
  text.map((prefix) => ({
    by: byCustomPrefix('k', prefix),
    keyOf: (node: Node) => custom(node, (one) => one.startsWith(prefix)),
  })),
  range.map((span) => ({
    by: byCustomRange('k', span),
    keyOf: (node: Node) => custom(node, (one) => inside(one, span)),
  })),
  fc.constant({ by: byRole('manager'), keyOf: (node: Node) => (node.role === 'manager' ? '' : undefined) }),
  fc.constant({
    by: byMembership('pending'),
    keyOf: (node: Node) => (node.spec.membership === 'pending' ? '' : undefined),
  }),
);

/** What a lookup finds, in its order. */
type Query = { readonly by: By; readonly find: (nodes: readonly Node[]) => Node[] };

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const plain: fc.Arbitrary<Query> = simple.map(({ by, keyOf }) => ({
  by,
  find: (nodes) =>
    nodes
      .filter((node) => keyOf(node) !== undefined)
      .sort((a, b) => compare(keyOf(a) as string, keyOf(b) as string) || compare(a.id, b.id)),
}));
const either = (queries: readonly Query[]): Query => ({
  by: or(...queries.map(({ by }) => by)),
  find: (nodes) => [...new Set(queries.flatMap(({ find }) => find(nodes)))],
});
const both = (queries: readonly Query[]): Query => ({
  by: and(...queries.map(({ by }) => by)),
  find: (nodes) => {
    const [first, ...rest] = queries;
    const sets = rest.map(({ find }) => new Set(find(nodes)));
    const found = first ? first.find(nodes) : [...nodes].sort((a, b) => compare(a.id, b.id));
    return found.filter((node) => sets.every((set) => set.has(node)));
  },
});
const several = (one: fc.Arbitrary<Query>) => fc.array(one, { maxLength: 3 });
const query = fc.oneof(
  { weight: 3, arbitrary: plain },
  { weight: 1, arbitrary: several(plain).map(either) },
  { weight: 1, arbitrary: several(plain).map(both) },
  { weight: 1, arbitrary: several(fc.oneof(several(plain).map(either), plain)).map(both) },
);

const drafts = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', 'c', 'd'),
    role: fc.constantFrom('worker' as const, 'manager' as const),
    description: fc.record({ hostname: fc.constantFrom('', 'A', 'ab', 'B', 'c') }),
    spec: fc.record({
      membership: fc.constantFrom('pending' as const, 'accepted' as const),
      annotations: fc.record({
        indices: fc.array(fc.record({ key: fc.constantFrom('k', 'l'), val: text }), { maxLength: 3 }),
      }),
    }),
  }),
  { selector: ({ id }) => id },
);

describe('find', () => {
  it('finds what a scan of everything finds, in the same order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(
        drafts,
        query,
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (given, asked, limit, byObject) => {
          const store = new MemoryStore();
          await store.update((tx) => given.forEach((draft) => tx.nodes().create(draft)));
          store.view((tx) => {
            const nodes = tx.nodes();
            const expected = asked.find(nodes.find());
            expect(nodes.find(asked.by)).toEqual(expected);
            expect(nodes.count(asked.by)).toBe(expected.length);
            const managers = expected.filter(({ role }) => role === 'manager');
            expect(nodes.find(asked.by, { where: ({ role }) => role === 'manager', limit })).toEqual(
              managers.slice(0, limit),
            );
            const paged: Node[] = [];
            for (;;) {
              const last = paged.at(-1);
              const page = nodes.find(asked.by, { limit, ...(last && { after: byObject ? last : last.id }) });
              expect(page.length).toBeLessThanOrEqual(limit);
              paged.push(...page);
              if (page.length < limit) break;
            }
            expect(paged).toEqual(expected);
          });
        },
      ),
    );
  });

  it('goes on behind an object that has changed or gone since', async () => {
    const store = new MemoryStore();
    const named = (id: string, hostname: string) => ({ id, description: { hostname } });
    const pages = await store.update((tx) => ['a', 'b', 'c', 'd'].map((name) => tx.nodes().create(named(name, name))));
    await store.update((tx) => tx.nodes().delete('b'));
    await store.update((tx) => tx.nodes().update(named('c', 'zz')));
    const after = (options: FindOptions<Node>) =>
      store.view((tx) =>
        tx
          .nodes()
          .find(byNamePrefix(''), options)
          .map(({ id }) => id),
      );
    expect(after({ after: pages[1] })).toEqual(['d', 'c']);
    expect(
      store.view((tx) =>
        tx
          .nodes()
          .find(all, { after: 'b' })
          .map(({ id }) => id),
      ),
    ).toEqual(['c', 'd']);
    expect(thrownCode(() => after({ after: 'b' }))).toBe('INVALID_FIND_BY');
    expect(thrownCode(() => store.view((tx) => tx.nodes().find(or(byId('a')), { after: 'd' })))).toBe(
      'INVALID_FIND_BY',
    );
  });

  it.each([{ limit: 0 }, { limit: 1.5 }, { limit: -1 }, { after: 1 }, { where: 'x' }])(
    'refuses %j as a mistake in the call',
    (options) => {
      const store = new MemoryStore();
      expect(() => store.view((tx) => tx.nodes().find(all, options as never))).toThrow(TypeError);
    },
  );

  it('refuses an index of another kind, inside and too', () => {
    const store = new MemoryStore();
    expect(thrownCode(() => store.view((tx) => tx.nodes().find(and(all, byServiceId('s') as By))))).toBe(
      'INVALID_FIND_BY',
    );
    expect(thrownCode(() => store.view((tx) => tx.nodes().count(byServiceId('s') as By)))).toBe('INVALID_FIND_BY');
  });

  it('never copies objects', async () => {
    const store = new MemoryStore();
    const made = await store.update((tx) => tx.nodes().create({ id: 'a' }));
    expect(store.view((tx) => tx.nodes().find(and(byIdPrefix('a')), { limit: 1 }))[0]).toBe(made);
  });

  it('stops where the limit is reached, and asks nothing beyond', async () => {
    const store = new MemoryStore();
    await store.update((tx) => {
      for (let i = 0; i < 100; i++) tx.nodes().create({ id: `n${i}` });
    });
    let asked = 0;
    const where = () => ++asked > 0;
    expect(store.view((tx) => tx.nodes().find(byIdPrefix('n'), { limit: 3, where }))).toHaveLength(3);
    expect(asked).toBe(3);
  });
});
