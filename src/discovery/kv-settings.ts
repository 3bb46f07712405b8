import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { messageOf } from '../base/errors.js';
import { isAddress, withPort } from '../base/host-port.js';
import type { BackendOptions } from './backend.js';
import { DiscoveryError } from './errors.js';
import type { Tls } from './http.js';

/** Default path of entries in a key-value store; the command line has another one. */
export const kvPathDefault = 'docker/nodes';

/** A kind of store: the scheme of its URLs and its usual port. */
export interface KvStore {
  readonly scheme: string;
  readonly portDefault: number;
}

/** Settings of a key-value store, from a URL and options. */
export interface KvSettings {
  /** `HOST:PORT`, each. */
  readonly hosts: readonly string[];
  /** The same, for a store that speaks HTTP. */
  readonly endpoints: readonly URL[];
  /** Prefix of all our keys; ends with a slash. */
  readonly prefix: string;
  readonly tls: Tls | undefined;
}

/**
 * Reads `HOST[:PORT],HOST[:PORT]…[/PREFIX]` and the options `kv.path`, `kv.cacertfile`, `kv.certfile`, `kv.keyfile`.
 * @throws {DiscoveryError} `INVALID_OPTION`
 */
export function kvSettings(uris: string, options: BackendOptions, store: KvStore): KvSettings {
  const slash = uris.indexOf('/');
  const list = slash < 0 ? uris : uris.slice(0, slash);
  const prefix = slash < 0 ? '' : uris.slice(slash + 1);
  const path = options['kv.path'] ?? '';
  const tls = readTls(options);
  const hosts = list
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((host) => withPort(host, store.portDefault));
  if (hosts.length === 0) throw invalid(`a URL of ${store.scheme}:// names at least one HOST:PORT`);
  const endpoints = hosts.map((host) => endpoint(host, tls ? 'https' : 'http', store));
  const joined = posix.join(prefix, path === '' ? kvPathDefault : path);
  return { hosts, endpoints, prefix: `${joined.replace(/^\/+|\/+$/g, '')}/`, tls };
}

function endpoint(host: string, protocol: 'http' | 'https', { scheme }: KvStore): URL {
  if (!isAddress(host, 1) || !URL.canParse(`${protocol}://${host}`))
    throw invalid(`${host} is no HOST:PORT for ${scheme}://`);
  return new URL(`${protocol}://${host}`);
}

/** Reads the certificates. A half of a pair is a mistake, so the connection never silently becomes plain text. */
function readTls(options: BackendOptions): Tls | undefined {
  const { 'kv.cacertfile': ca, 'kv.certfile': cert, 'kv.keyfile': key } = options;
  if ((cert === undefined) !== (key === undefined)) throw invalid('kv.certfile and kv.keyfile belong together');
  if (ca === undefined && cert === undefined) return undefined;
  return {
    ...(ca !== undefined && { ca: read('kv.cacertfile', ca) }),
    ...(cert !== undefined && { cert: read('kv.certfile', cert) }),
    ...(key !== undefined && { key: read('kv.keyfile', key) }),
  };
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw invalid(`${option}: ${messageOf(cause)}`, { cause });
  }
}

function invalid(message: string, options?: ErrorOptions): DiscoveryError {
  return new DiscoveryError('INVALID_OPTION', message, options);
}
