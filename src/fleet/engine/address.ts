import { messageOf } from '../../base/errors.js';
import { isReachable, joinHostPort, splitHostPort } from '../../base/host-port.js';
import { EngineError } from './errors.js';

/** Place where an engine listens. */
export type EngineAddress =
  | {
      readonly kind: 'tcp';
      readonly secure: boolean;
      readonly host: string;
      readonly port: number;
      readonly text: string;
    }
  | { readonly kind: 'unix'; readonly socketPath: string; readonly text: string };

/** Ports of `tcp://HOST` without one: Docker's. */
const portOf = { plain: 2375, secure: 2376 };

/** The longest path of a socket that Linux takes, bytes. */
const socketPathBytesMax = 107;

/**
 * Reads the address of an engine: `HOST:PORT`, `tcp://HOST[:PORT]`, `http://HOST:PORT`, `https://HOST:PORT` or
 * `unix:///PATH`. An IPv6 address stands in brackets.
 *
 * @param tls True when the client was given TLS options: `HOST:PORT` and `tcp://` then mean TLS.
 * @throws {EngineError} `BAD_ADDRESS`
 */
export function parseEngineAddress(given: string, tls = false): EngineAddress {
  const [, scheme = '', rest = given] = /^([a-z][a-z\d+.-]*):\/\/(.*)$/is.exec(given) ?? [];
  switch (scheme.toLowerCase()) {
    case '':
      return atHost(given, given, tls);
    case 'tcp':
      return atHost(given, withDefaultPort(withoutSlash(rest), tls), tls);
    case 'http':
      if (tls) throw wrong(given, 'is plain HTTP and TLS options are given; write https:// or leave them out');
      return atHost(given, withoutSlash(rest), false);
    case 'https':
      return atHost(given, withoutSlash(rest), true);
    case 'unix':
      if (tls) throw wrong(given, 'is a unix socket and TLS options are given; leave them out');
      return atPath(given, rest);
    default:
      throw wrong(given, `has the unknown scheme "${scheme}"; known are tcp, http, https and unix`);
  }
}

function atHost(given: string, hostPort: string, secure: boolean): EngineAddress {
  if (given === '') throw wrong(given, 'is empty; write HOST:PORT, tcp://HOST:PORT or unix:///PATH');
  if (hostPort.startsWith('/')) throw wrong(given, 'is a path; write unix:///PATH for a socket');
  if (/[/?#]/.test(hostPort)) throw wrong(given, 'has a path; write HOST:PORT alone');
  if (hostPort.includes('@')) throw wrong(given, 'has a user in it; an engine knows certificates only');
  const parts = split(given, hostPort);
  if (!isReachable(parts)) throw wrong(given, 'needs a host and a port from 1 to 65535');
  return {
    kind: 'tcp',
    secure,
    host: parts.host,
    port: Number(parts.port),
    text: joinHostPort(parts.host, Number(parts.port)),
  };
}

function split(given: string, hostPort: string) {
  try {
    return splitHostPort(hostPort);
  } catch (cause) {
    throw wrong(given, `is not HOST:PORT; ${messageOf(cause)}`, cause);
  }
}

function atPath(given: string, socketPath: string): EngineAddress {
  if (!/^\/[^\0]+$/.test(socketPath)) throw wrong(given, 'needs an absolute path; write unix:///PATH');
  if (Buffer.byteLength(socketPath) > socketPathBytesMax) {
    throw wrong(given, `is longer than the ${socketPathBytesMax} bytes of a socket path; use a shorter path`);
  }
  return { kind: 'unix', socketPath, text: `unix://${socketPath}` };
}

const withoutSlash = (text: string) => text.replace(/\/$/, '');

/** `tcp://HOST` has Docker's port. */
function withDefaultPort(text: string, tls: boolean): string {
  const alone = /^(?:[^\s:[\]/]+|\[[^\]]+\])$/.test(text);
  return alone ? `${text}:${tls ? portOf.secure : portOf.plain}` : text;
}

function wrong(given: string, why: string, cause?: unknown): EngineError {
  return new EngineError('BAD_ADDRESS', `engine address ${JSON.stringify(given)} ${why}`, { cause });
}
