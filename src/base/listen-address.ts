import { messageOf } from './errors.js';
import { isReachable, splitHostPort } from './host-port.js';
import { isLoopback } from './ip.js';

/** Place that a server listens on: an address, or a file. */
export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** The longest path of a socket that Linux takes, bytes. */
const socketPathBytesMax = 107;

/** Reads `tcp://HOST:PORT` or `unix:///PATH`. @throws {TypeError} that says what to write instead. */
export function parseListen(given: string): ListenAddress {
  const [, scheme = 'tcp', rest = given] = /^([^:/]*):\/\/(.*)$/s.exec(given) ?? [];
  if (scheme === 'tcp') return tcpAddress(given, rest);
  if (scheme !== 'unix')
    throw new TypeError(`unsupported protocol: "${scheme}"; write tcp://HOST:PORT or unix:///PATH`);
  if (!/^\/[^\0]+$/.test(rest)) throw new TypeError(`${given} has no absolute path; write unix:///PATH`);
  if (new TextEncoder().encode(rest).length > socketPathBytesMax) {
    throw new TypeError(`${given} is longer than the ${socketPathBytesMax} bytes of a socket path; use a shorter path`);
  }
  return { kind: 'unix', path: rest };
}

/** Without a host it is loopback: every client that reaches the API owns the engines. */
function tcpAddress(given: string, hostPort: string): ListenAddress {
  const { host, port } = split(given, hostPort.replace(/\/$/, ''));
  const address = { host: host === '' ? '127.0.0.1' : host, port };
  if (!isReachable(address, 0)) throw new TypeError(`${given} needs a port from 0 to 65535; write tcp://HOST:PORT`);
  return { kind: 'tcp', host: address.host, port: Number(port) };
}

function split(given: string, hostPort: string) {
  try {
    return splitHostPort(hostPort);
  } catch (cause) {
    throw new TypeError(`${given} is not tcp://HOST:PORT: ${messageOf(cause)}`, { cause });
  }
}

/** Tells whether only this computer reaches it; a name other than localhost may mean anything. */
export function isLocal(address: ListenAddress): boolean {
  return address.kind === 'unix' || isLoopback(address.host);
}

/** Tells whether it names no single address that others could call: all addresses, a free port, or a file. */
export function isUnspecific(address: ListenAddress): boolean {
  return address.kind === 'unix' || address.port === 0 || /^(?:0\.0\.0\.0|::|0:0:0:0:0:0:0:0)$/.test(address.host);
}
