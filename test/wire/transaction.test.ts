import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kindNames, storedMeta } from '../../src/kinds/index.js';
import type { ProposedTransaction, StoreAction } from '../../src/state/index.js';
import { DecodeError, decodeTransaction, encodeTransaction, messageCodec, sizeOfAction } from '../../src/wire/index.js';
import { int, storedObject, text, uint } from './arbitrary.js';

const id = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
const action: fc.Arbitrary<StoreAction> = fc.oneof(
  ...kindNames.map((kind) =>
    fc
      .tuple(fc.constantFrom('create', 'update'), storedObject(kind))
      .map(([verb, object]) => ({ action: verb, kind, object })),
  ),
  fc
    .tuple(fc.constantFrom(...kindNames), id)
    .map(([kind, gone]): StoreAction => ({ action: 'remove', kind, id: gone })),
);
const labels = fc.record({ actor: text, reason: text, requestId: text }, { requiredKeys: [], noNullPrototype: true });
const transaction: fc.Arbitrary<ProposedTransaction> = fc
  .tuple(uint, int, labels, fc.array(action, { maxLength: 4 }))
  .map(([version, time, said, actions]) => ({ version, time, ...said, actions }));

describe('a transaction', () => {
  it('comes back from its bytes, in order, with what was said about it', () => {
    fc.assert(
      fc.property(transaction, (proposed) => {
        const { actions, ...info } = proposed;
        const decoded = decodeTransaction(encodeTransaction(proposed));
        expect(decoded.info).toStrictEqual(info);
        expect(decoded.actions).toStrictEqual(actions);
      }),
      { numRuns: 100 },
    );
  });

  it('has the same bytes on every member that encodes what it decoded', () => {
    fc.assert(
      fc.property(transaction, (proposed) => {
        const bytes = encodeTransaction(proposed);
        const { info, actions } = decodeTransaction(bytes);
        expect(encodeTransaction({ ...info, actions })).toEqual(bytes);
      }),
      { numRuns: 50 },
    );
  });

  it('is never longer than the sizes of its actions say', () => {
    const overhead = 100;
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 5 }), (actions) => {
        const bytes = encodeTransaction({ version: 1, time: 1, actions });
        const said = actions.reduce((sum, one) => sum + sizeOfAction(one), 0);
        expect(bytes.length).toBeLessThanOrEqual(said + overhead);
      }),
      { numRuns: 100 },
    );
  });

  it.each(['a', 'é', '漢', '😀'])('is as long as its actions say when ids are long, in letters like %s', (letter) => {
    const actions: StoreAction[] = [{ action: 'remove', kind: 'task', id: letter.repeat(10_000) }];
    const bytes = encodeTransaction({ version: 1, time: 1, actions });
    expect(sizeOfAction(actions[0] as StoreAction)).toBeGreaterThanOrEqual(bytes.length - 10);
    expect(sizeOfAction(actions[0] as StoreAction)).toBeLessThanOrEqual(bytes.length + 20);
  });

  it('of a kind that users defined comes back as it was, where nobody has heard of the kind', () => {
    const meta = storedMeta({ version: 1, createdAt: 2, updatedAt: 3 });
    // In canonical form, as a store passes it on.
    const object = { id: 'a', meta, nested: { 9: 'y', 10: 'x' }, parts: [{ n: -1.5 }, null, true], queue: 'mail' };
    const actions: StoreAction[] = [{ action: 'create', kind: 'jobs', object }];
    const kinds = [{ kind: 'jobs', plural: 'jobs', indexes: ['queue'], unique: [] }];
    const decoded = decodeTransaction(encodeTransaction({ version: 1, time: 1, actions, kinds }));
    expect(decoded).toStrictEqual({ info: { version: 1, time: 1, kinds }, actions });
    expect(encodeTransaction({ ...decoded.info, actions: decoded.actions })).toEqual(
      encodeTransaction({ version: 1, time: 1, actions, kinds }),
    );
  });

  it.each(['', '[]', '1', '{', '{"__proto__":{}}'])('of such a kind whose fields are %j is refused', (body) => {
    const own = messageCodec('CustomObject').encode({
      id: 'a',
      meta: { version: 1, createdAt: 0, updatedAt: 0 },
      body,
    });
    const actions = [{ op: 'create' as const, kind: 'jobs', id: 'a', object: own }];
    const bytes = messageCodec('Transaction').encode({ version: 1, time: 1, actions, kinds: [] });
    expect(() => decodeTransaction(bytes)).toThrow(DecodeError);
  });

  it.each(['constructor', '__proto__', 'toString', ''])('of kind %j is refused', (kind) => {
    const actions = [{ op: 'remove' as const, kind, id: 'a', object: new Uint8Array(0) }];
    const bytes = messageCodec('Transaction').encode({ version: 1, time: 1, actions, kinds: [] });
    expect(() => decodeTransaction(bytes)).toThrow(DecodeError);
  });

  it('whose object is damaged is refused', () => {
    for (const kind of kindNames) {
      const actions = [{ op: 'update' as const, kind: kind, id: 'a', object: new Uint8Array([0x0a, 0x7f, 1]) }];
      const bytes = messageCodec('Transaction').encode({ version: 1, time: 1, actions, kinds: [] });
      expect(() => decodeTransaction(bytes)).toThrow(DecodeError);
    }
  });
});
