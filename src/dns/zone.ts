import { isIP } from 'node:net';
import type { InstanceRecord } from '../catalog/index.js';

/** Top-level domain of all our names. */
export const zone = 'skep';

/** Fields of an instance that the zone needs. */
export type ZoneInstance = Pick<InstanceRecord, 'host' | 'port' | 'weight' | 'health' | 'tags'>;

/**
 * All instances of services that have this name in small letters, whatever their health: resolvers ask in small letters, or
 * in both by chance. None when there is no such service.
 */
export type FindInstances = (name: string) => readonly ZoneInstance[];

/** Meaning of a name. */
export type Named =
  /** Not of our zone: others answer for it. */
  | { readonly is: 'foreign' }
  /** Of our zone, and nothing. */
  | { readonly is: 'nothing' }
  /** A name above others: it exists, and has no records. */
  | { readonly is: 'above' }
  | { readonly is: 'service'; readonly instances: readonly ZoneInstance[] }
  | { readonly is: 'address'; readonly address: string };

/** Reads a name: `NAME.service.skep`, `TAG.NAME.service.skep`, `HEX.addr.skep`. Capitals mean nothing in DNS. */
export function readName(asked: string, find: FindInstances): Named {
  const labels = asked.replace(/\.$/, '').split('.');
  const [kind, top] = labels.slice(-2).map((label) => label.toLowerCase());
  if (labels.at(-1)?.toLowerCase() !== zone) return { is: 'foreign' };
  if (labels.length === 1) return { is: 'above' };
  if (top !== zone || (kind !== 'service' && kind !== 'addr')) return { is: 'nothing' };
  const rest = labels.slice(0, -2);
  if (rest.length === 0) return { is: 'above' };
  if (kind === 'addr') {
    const address = rest.length === 1 ? addressOf(rest[0] ?? '') : undefined;
    return address === undefined ? { is: 'nothing' } : { is: 'address', address };
  }
  const whole = found(rest.join('.'), find);
  if (whole.length > 0) return { is: 'service', instances: whole };
  const [tag = '', ...name] = rest;
  const tagged = found(name.join('.'), find).filter(({ tags }) => tags.some((one) => same(one, tag)));
  return tagged.length > 0 ? { is: 'service', instances: tagged } : { is: 'nothing' };
}

/** A name for an address, so that SRV records have something to point to. */
export function nameOfAddress(address: string): string {
  const bytes =
    isIP(address) === 4
      ? address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'))
      : groupsOf(address).map((group) => group.padStart(4, '0'));
  return `${bytes.join('')}.addr.${zone}`;
}

function addressOf(hex: string): string | undefined {
  const text = hex.toLowerCase();
  if (/^[0-9a-f]{8}$/.test(text)) return (text.match(/../g) ?? []).map((byte) => parseInt(byte, 16)).join('.');
  if (/^[0-9a-f]{32}$/.test(text)) return (text.match(/..../g) ?? []).join(':');
  return undefined;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  // The URL parser knows all ways to write one, and has only one of its own.
  const plain = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after];
}

function found(name: string, find: FindInstances): readonly ZoneInstance[] {
  return name === '' ? [] : find(name.toLowerCase());
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
