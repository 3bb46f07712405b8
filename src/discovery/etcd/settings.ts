import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { messageOf } from '../../base/errors.js';
import type { BackendOptions } from '../backend.js';
import { DiscoveryError } from '../errors.js';
import type { Tls } from '../http.js';

/** Where in a key-value store a library keeps its entries; the command line has a default of its own. */
export const kvPathDefault = 'docker/nodes';

const portDefault = 2379;

/** What a URL and its options say about an etcd. */
export interface EtcdSettings {
  readonly endpoints: readonly URL[];
  /** What all our keys begin with; ends with a slash. */
  readonly prefix: string;
  readonly tls: Tls | undefined;
}

/**
 * Reads `HOST[:PORT],HOST[:PORT]…[/PREFIX]` and the options `kv.path`, `kv.cacertfile`, `kv.certfile`, `kv.keyfile`.
 * @throws {DiscoveryError} `INVALID_OPTION`
 */
export function etcdSettings(uris: string, options: BackendOptions): EtcdSettings {
  const slash = uris.indexOf('/');
  const hosts = slash < 0 ? uris : uris.slice(0, slash);
  const prefix = slash < 0 ? '' : uris.slice(slash + 1);
  const path = options['kv.path'] ?? '';
  const tls = readTls(options);
  const endpoints = hosts
    .split(',')
    .map((host) => host.trim())
    .filter((host) => host !== '')
    .map((host) => endpoint(host, tls ? 'https' : 'http'));
  if (endpoints.length === 0) throw invalid('an etcd:// URL names at least one HOST:PORT');
  const joined = posix.join(prefix, path === '' ? kvPathDefault : path);
  return { endpoints, prefix: `${joined.replace(/^\/+|\/+$/g, '')}/`, tls };
}

function endpoint(host: string, protocol: 'http' | 'https'): URL {
  const text = /:\d+$/.test(host) ? host : `${host}:${portDefault}`;
  if (!URL.canParse(`${protocol}://${text}`)) throw invalid(`${host} is no HOST:PORT of an etcd`);
  return new URL(`${protocol}://${text}`);
}

/** A half-filled form is a mistake: nobody who names a certificate wants to speak in the clear. */
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
