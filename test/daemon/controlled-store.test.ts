import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { openReplica } from '../../src/index.js';
import { thrownCode } from '../support/state-events.js';

describe('the store of a replica', () => {
  it('takes transactions from its log only: a user cannot fork it', async () => {
    const replica = await openReplica({ name: 'm1', logger: silentLogger });
    try {
      await replica.store.update((tx) => tx.nodes().create({ id: 'a' }));
      const info = { version: replica.store.version + 1, time: 1 };
      const remove = () => replica.store.applyStoreActions([{ action: 'remove', kind: 'node', id: 'a' }], info);
      expect(thrownCode(remove)).toBe('NOT_SUPPORTED');
      expect(replica.store.view((tx) => tx.nodes().get('a'))).toBeDefined();
      await replica.store.update((tx) => tx.nodes().create({ id: 'b' }));
      expect(replica.store.version).toBe(info.version);
    } finally {
      await replica.close();
    }
  });
});
