import { describe, expect, it } from 'vitest';
import { isMassExpiry, massExpiryDefaults } from '../../src/base/mass-expiry.js';

/** `2@70` is an agent with two instances, last heard of 70 ms ago; TTLs are 100 ms. */
const sessions = (words: string) =>
  words.split(' ').map((word) => {
    const [instances, ageMs] = word.split('@').map(Number);
    return { instances: instances ?? 0, ageMs: ageMs ?? 0, ttlMs: 100 };
  });

describe('isMassExpiry', () => {
  it.each([
    { heard: '1@100 1@100 1@100', mass: true, because: 'all are over' },
    { heard: '1@100 1@80 1@60 1@10', mass: true, because: 'most are silent, and the first is over' },
    { heard: '1@99 1@80 1@60', mass: false, because: 'nobody is over yet' },
    { heard: '1@100 1@40 1@20 1@10', mass: false, because: 'only one is silent' },
    { heard: '1@100 1@100 1@100 1@10 1@10 1@10', mass: false, because: 'half is not most' },
    { heard: '9@100 9@100', mass: false, because: 'two machines that die are no broken network' },
    { heard: '1@100 1@100 1@100 9@10', mass: false, because: 'instances are counted, not agents' },
    { heard: '1@100 0@100 0@100', mass: false, because: 'agents without instances do not count' },
  ])('says $mass for $heard: $because', ({ heard, mass }) => {
    expect(isMassExpiry(sessions(heard), massExpiryDefaults)).toBe(mass);
  });

  it('is off when the share is 1', () => {
    expect(isMassExpiry(sessions('1@100 1@100 1@100'), { ...massExpiryDefaults, share: 1 })).toBe(false);
  });

  it('never counts who does not expire', () => {
    const forGood = { instances: 1, ageMs: 1_000, ttlMs: 0 };
    expect(isMassExpiry([...sessions('1@100 1@100'), forGood, forGood, forGood], massExpiryDefaults)).toBe(false);
  });
});
