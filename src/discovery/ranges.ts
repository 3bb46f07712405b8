import { DiscoveryError } from './errors.js';

/** Most addresses of a range; more is a typing error, not a cluster. */
export const rangeMax = 100_000;

/** The outermost brackets that have a colon between them. */
const brackets = /\[(.+):(.+)\]/;
const integer = /^[+-]?\d+$/;

/**
 * Writes out the range in an address: `10.0.0.[1:3]:2375` is three of them.
 *
 * Both ends belong to it, and it may stand anywhere. Text without a range of integers (also an IPv6 address in
 * brackets, or a second range) is returned as it is; a range that goes backwards is empty.
 * @throws {DiscoveryError} `INVALID_ADDRESS` for more than 100,000 addresses.
 */
export function expandRange(pattern: string): string[] {
  const match = brackets.exec(pattern);
  const [whole = '', first = '', last = ''] = match ?? [];
  if (!match || !isInteger(first) || !isInteger(last)) return [pattern];
  const from = Number(first);
  const count = Math.max(0, Number(last) - from + 1);
  if (count > rangeMax)
    throw new DiscoveryError('INVALID_ADDRESS', `${pattern}: a range of more than ${rangeMax} addresses`);
  const before = pattern.slice(0, match.index);
  const after = pattern.slice(match.index + whole.length);
  return Array.from({ length: count }, (_, i) => `${before}${from + i}${after}`);
}

function isInteger(text: string): boolean {
  return integer.test(text) && Number.isSafeInteger(Number(text));
}
