import type { BackendOptions } from '../backend.js';
import { kvSettings, type KvSettings } from '../kv-settings.js';

/** What a URL and its options say about an etcd. */
export type EtcdSettings = Omit<KvSettings, 'hosts'>;

/**
 * Reads `HOST[:PORT],HOST[:PORT]…[/PREFIX]` and the options `kv.path`, `kv.cacertfile`, `kv.certfile`, `kv.keyfile`.
 * @throws {DiscoveryError} `INVALID_OPTION`
 */
export function etcdSettings(uris: string, options: BackendOptions): EtcdSettings {
  return kvSettings(uris, options, { scheme: 'etcd', portDefault: 2379 });
}
