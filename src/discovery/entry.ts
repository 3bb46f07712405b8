import { messageOf } from '../base/errors.js';
import { type HostPort, joinHostPort, splitHostPort as split } from '../base/host-port.js';
import { DiscoveryError } from './errors.js';

/** Address of a node: a host and a port. */
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
   * Reads `host:port`, as {@link splitHostPort} does.
   * @throws {DiscoveryError} `INVALID_ADDRESS`, with Go's words for what is wrong.
   */
  static parse(address: string): Entry {
    const { host, port } = splitHostPort(address);
    return new Entry(host, port);
  }

  /** Tells whether both have the same host and port. */
  equals(other: Entry): boolean {
    return this.host === other.host && this.port === other.port;
  }

  /** `host:port`, with brackets around an IPv6 address. */
  toString(): string {
    return joinHostPort(this.host, this.port);
  }
}

/**
 * Splits `host:port` or `[host]:port`, as Go's `net.SplitHostPort` does: only what is in brackets may contain colons.
 * @throws {DiscoveryError} `INVALID_ADDRESS`, with Go's words for what is wrong.
 */
export function splitHostPort(address: string): HostPort {
  try {
    return split(address);
  } catch (cause) {
    throw new DiscoveryError('INVALID_ADDRESS', messageOf(cause));
  }
}
