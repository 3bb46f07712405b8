import { DiscoveryError } from './errors.js';

/** Where somebody can be reached. */
export class Entry {
  /** A name or an IP address, without brackets. May be empty: `:2375`. */
  readonly host: string;
  /** Any text; only what is sent somewhere is checked to be a port. */
  readonly port: string;

  constructor(host: string, port: string) {
    this.host = host;
    this.port = port;
  }

  /**
   * Takes `host:port` apart, as Go's `net.SplitHostPort` does: an IPv6 address must be in brackets.
   * @throws {DiscoveryError} `INVALID_ADDRESS`, with Go's words for what is wrong.
   */
  static parse(address: string): Entry {
    const { host, port } = splitHostPort(address);
    return new Entry(host, port);
  }

  equals(other: Entry): boolean {
    return this.host === other.host && this.port === other.port;
  }

  /** `host:port`, with brackets around an IPv6 address. */
  toString(): string {
    return joinHostPort(this.host, this.port);
  }
}

export interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** `host:port` or `[host]:port`. What is in brackets may contain colons, nothing else may. */
export function splitHostPort(address: string): HostPort {
  const colon = address.lastIndexOf(':');
  if (colon < 0) throw invalid(address, 'missing port in address');
  const host = address.startsWith('[') ? bracketedHost(address, colon) : plainHost(address, colon);
  return { host, port: address.slice(colon + 1) };
}

export function joinHostPort(host: string, port: string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Can something be reached there: a host, and a port of 1 to 65535? */
export function isReachable({ host, port }: HostPort): boolean {
  return host !== '' && !/\s/.test(host) && /^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535;
}

function plainHost(address: string, colon: number): string {
  const host = address.slice(0, colon);
  if (host.includes(':')) throw invalid(address, 'too many colons in address');
  refuseBrackets(address, address);
  return host;
}

function bracketedHost(address: string, colon: number): string {
  const end = address.indexOf(']');
  if (end < 0) throw invalid(address, "missing ']' in address");
  if (end + 1 !== colon) {
    const more = address[end + 1] === ':';
    throw invalid(address, more ? 'too many colons in address' : 'missing port in address');
  }
  const host = address.slice(1, end);
  if (host.includes('[')) throw invalid(address, "unexpected '[' in address");
  refuseBrackets(address, address.slice(end + 1));
  return host;
}

function refuseBrackets(address: string, part: string): void {
  for (const bracket of '[]') {
    if (part.includes(bracket)) throw invalid(address, `unexpected '${bracket}' in address`);
  }
}

function invalid(address: string, why: string): DiscoveryError {
  return new DiscoveryError('INVALID_ADDRESS', address === '' ? why : `address ${address}: ${why}`);
}
