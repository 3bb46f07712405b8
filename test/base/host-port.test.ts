import { describe, expect, it } from 'vitest';
import { isAddress, joinHostPort, splitHostPort, withPort } from '../../src/base/host-port.js';

describe('a host without a port', () => {
  it.each([
    ['localhost', 'localhost:4242'],
    ['127.0.0.1', '127.0.0.1:4242'],
    ['::1', '[::1]:4242'],
    ['2001:db8::7', '[2001:db8::7]:4242'],
    ['[::1]', '[::1]:4242'],
  ])('%s gets the default one', (host, addr) => {
    expect(withPort(host, 4242)).toBe(addr);
    expect(isAddress(addr)).toBe(true);
  });

  it.each([['m1:1'], ['127.0.0.1:65535'], ['[::1]:7'], ['m1:'], ['m1:x'], ['a b'], ['']])(
    '%s is left as it is: it has one, or is no host',
    (host) => {
      expect(withPort(host, 4242)).toBe(host);
    },
  );
});

describe('an address', () => {
  it.each([
    ['m1:0', true],
    ['[::1]:65535', true],
    ['m1:65536', false],
    ['m1:http', false],
    ['::1:7', false],
    ['m1', false],
    [':7', false],
    ['[]:7', false],
    ['a b:7', false],
    ['[a b]:7', false],
    ['a[b]:7', false],
    [7, false],
  ])('%j is HOST:PORT: %s', (given, expected) => {
    expect(isAddress(given)).toBe(expected);
  });

  it('of the port 0 is one to listen on, and not one to reach', () => {
    expect(isAddress('m1:0', 1)).toBe(false);
    expect(isAddress('m1:1', 1)).toBe(true);
  });

  it('is split and joined, with brackets around an IPv6 address', () => {
    expect(splitHostPort('[::1]:80')).toEqual({ host: '::1', port: '80' });
    expect(joinHostPort('::1', 80)).toBe('[::1]:80');
    expect(() => splitHostPort('::1')).toThrow('address ::1: too many colons in address');
  });
});
