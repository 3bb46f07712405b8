import { type Access, Client } from '../client/index.js';
import { SkepBackend } from '../coordination/index.js';
import { type Backend, BackendRegistry, type BackendSettings } from '../discovery/index.js';

/** Opens `skep://` with an identity. */
export function openSkep(url: string, settings: BackendSettings, access: Access): Promise<Backend> {
  const connect = (hosts: readonly string[], timeoutMs: number) => new Client({ hosts, timeoutMs, access });
  return new BackendRegistry({ skep: (ports) => new SkepBackend({ ...ports, connect }) }).create(url, settings);
}
