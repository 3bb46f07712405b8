import { describe, expect, it } from 'vitest';
import { replicaSettings } from '../../src/replica/index.js';

const sentBytesMax = 4 * 1024 * 1024;

describe('the settings of a replica', () => {
  it.each([
    { given: { messageBytes: sentBytesMax + 1 }, name: 'messageBytes' },
    { given: { limits: { transactionBytes: sentBytesMax + 1 } }, name: 'limits.transactionBytes' },
  ])('refuse what no message could carry: $name', ({ given, name }) => {
    expect(() => replicaSettings(given)).toThrow(`${name} must be at most ${sentBytesMax}`);
  });

  it('take what a message can carry', () => {
    const given = { messageBytes: sentBytesMax, limits: { transactionBytes: sentBytesMax } };
    expect(replicaSettings(given)).toMatchObject(given);
  });
});
