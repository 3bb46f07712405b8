import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Entry, isReachable, joinHostPort } from '../../src/discovery/index.js';

describe('an entry', () => {
  it.each([
    ['127.0.0.1:2375', '127.0.0.1', '2375'],
    ['localhost:http', 'localhost', 'http'],
    [':2375', '', '2375'],
    ['a:', 'a', ''],
    [':', '', ''],
    ['[::1]:2375', '::1', '2375'],
    ['[2001:db8::2%eth0]:1', '2001:db8::2%eth0', '1'],
    ['[a]:1', 'a', '1'],
    ['[]:1', '', '1'],
  ])('of %s has the host %j and the port %j', (address, host, port) => {
    expect(Entry.parse(address)).toEqual({ host, port });
  });

  it.each([
    ['', 'missing port in address'],
    ['127.0.0.1', 'address 127.0.0.1: missing port in address'],
    ['a:b:c', 'address a:b:c: too many colons in address'],
    ['::1', 'address ::1: too many colons in address'],
    ['[::1]', 'address [::1]: missing port in address'],
    ['[::1]2375', 'address [::1]2375: missing port in address'],
    ['[::1]x:2375', 'address [::1]x:2375: missing port in address'],
    ['[::1]:1:2', 'address [::1]:1:2: too many colons in address'],
    ['[::1:2375', "address [::1:2375: missing ']' in address"],
    ['a[b:1', "address a[b:1: unexpected '[' in address"],
    ['a]b:1', "address a]b:1: unexpected ']' in address"],
    ['a:1]', "address a:1]: unexpected ']' in address"],
    ['[[a]:1', "address [[a]:1: unexpected '[' in address"],
    ['[a]:1]', "address [a]:1]: unexpected ']' in address"],
    ['10.0.0.[1:2].[3:4]', 'address 10.0.0.[1:2].[3:4]: too many colons in address'],
  ])('of %j is refused: %s', (address, message) => {
    const refusing = () => Entry.parse(address);
    expect(refusing).toThrow(expect.objectContaining({ name: 'DiscoveryError', code: 'INVALID_ADDRESS', message }));
  });

  it.each([
    ['a', '1', 'a:1'],
    ['', '1', ':1'],
    ['::1', '2375', '[::1]:2375'],
  ])('with host %j and port %j is written %s', (host, port, address) => {
    expect(String(new Entry(host, port))).toBe(address);
    expect(joinHostPort(host, port)).toBe(address);
  });

  it('is read back from what it is written as', () => {
    const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.constant(''));
    fc.assert(
      fc.property(host, fc.nat(65_535), (name, port) => {
        const entry = new Entry(name, String(port));
        expect(Entry.parse(String(entry)).equals(entry)).toBe(true);
      }),
    );
  });

  it.each([
    ['a:1', true],
    ['[::1]:65535', true],
    ['a:0', false],
    ['a:65536', false],
    ['a:http', false],
    [':1', false],
    ['a b:1', false],
  ])('%s can be reached: %s', (address, reachable) => {
    expect(isReachable(Entry.parse(address))).toBe(reachable);
  });
});
