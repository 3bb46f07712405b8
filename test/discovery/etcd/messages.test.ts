import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, prefixEnd, readFields, readListing, readWatch } from '../../../src/discovery/etcd/messages.js';

const plain = (base64: string) => Buffer.from(base64, 'base64').toString();

describe('messages of the gateway', () => {
  it('name everything below a prefix', () => {
    expect(plain(prefixEnd('docker/nodes/'))).toBe('docker/nodes0');
  });

  it('are read as a list at a revision', () => {
    const listing = { header: { revision: '9007199254740993' }, kvs: [{ key: bytes('k'), value: bytes('v') }, {}] };
    const pairs = [
      { key: 'k', value: 'v' },
      { key: '', value: '' },
    ];
    expect(readListing(listing)).toEqual({ revision: 9007199254740993n, pairs });
  });

  it.each([
    ['{"result":{"created":true}}', { changes: [] }],
    ['{"result":{"events":[{"kv":{"key":"YQ==","value":"Yg=="}}]}}', { changes: [{ key: 'a', value: 'b' }] }],
    ['{"result":{"events":[{"kv":{"key":"YQ=="}}]}}', { changes: [{ key: 'a', value: '' }] }],
    ['{"result":{"events":[{"type":"DELETE","kv":{"key":"YQ=="}}]}}', { changes: [{ key: 'a' }] }],
    ['{"result":{"canceled":true,"cancel_reason":"no leader"}}', { ended: 'no leader' }],
    ['{"result":{"canceled":true,"compact_revision":"7"}}', { ended: 'the history that it needs is gone' }],
  ])('of a watch: %s', (line, message) => {
    expect(readWatch(line)).toEqual(message);
  });

  it.each([['{"error":{"message":"etcdserver: no leader"}}', 'etcdserver: no leader'], ['{"error":7}', 'unknown error'], ['<html>', 'this is not how an etcd answers']])(
    'that are errors are thrown: %s',
    (line, message) => {
      expect(() => readWatch(line)).toThrow(message);
    },
  ); // prettier-ignore

  it('that nobody could expect do no harm', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(typeof readListing(readFields(text)).revision).toBe('bigint');
      }),
    );
  });
});
