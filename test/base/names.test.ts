import { describe, expect, it } from 'vitest';
import { isAddress, withPort } from '../../src/base/names.js';

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
