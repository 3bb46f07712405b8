import { isIP } from '../../base/ip.js';

/** An IP address as a number. An IPv4 address within IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** All addresses that begin as one does: `10.0.0.0/8`. */
export interface Subnet {
  readonly first: Address;
  readonly prefixBits: number;
}

const mappedPrefix = 0xffffn;

/** Reads an IPv4 or IPv6 address; `undefined` for what is none. */
export function parseAddress(text: string): Address | undefined {
  const version = isIP(text);
  if (version === 4) return { bits: 32, value: valueOfV4(text) };
  if (version !== 6 || text.includes('%')) return undefined;
  const value = valueOfV6(text);
  return value >> 32n === mappedPrefix ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

/** Reads an address with the length of its prefix; `undefined` for what is none. */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = '', digits = ''] = /^(.+)\/(\d{1,3})$/.exec(text) ?? [];
  const first = parseAddress(address);
  if (!first) return undefined;
  const prefixBits = Number(digits) - (first.bits === 32 && isIP(address) === 6 ? 96 : 0);
  return prefixBits >= 0 && prefixBits <= first.bits ? { first, prefixBits } : undefined;
}

export function isSameAddress(a: Address, b: Address): boolean {
  return a.bits === b.bits && a.value === b.value;
}

export function isWithin({ first, prefixBits }: Subnet, address: Address): boolean {
  const rest = BigInt(first.bits - prefixBits);
  return first.bits === address.bits && first.value >> rest === address.value >> rest;
}

function valueOfV4(text: string): bigint {
  return text.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

function valueOfV6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = tail === undefined ? [] : new Array<bigint>(8 - before.length - after.length).fill(0n);
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(text: string): bigint[] {
  if (text === '') return [];
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [BigInt(`0x${part}`)];
    const value = valueOfV4(part);
    return [value >> 16n, value & 0xffffn];
  });
}
