import type { BackendPorts } from '../backend.js';
import { ConsulApi } from '../consul/api.js';
import { Entry } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { KvBackend } from '../kv-backend.js';
import type { KvSettings } from '../kv-settings.js';
import { tellValues } from '../values.js';
import type { Tell } from '../watch.js';

/** Bounds of Consul for the TTL of a session, seconds. */
const sessionSecondsMin = 10;
const sessionSecondsMax = 86_400;

/** `consul://HOST:PORT/PREFIX`: each entry is a key that is deleted when its session ends. */
export class ConsulBackend extends KvBackend<ConsulApi> {
  readonly #sessions = new Map<string, string>();

  constructor(ports: BackendPorts) {
    super({ scheme: 'consul', portDefault: 8500 }, ports);
  }

  async register(address: string): Promise<void> {
    const consul = this.connection;
    const value = String(Entry.parse(address));
    const key = `${this.prefix}${value}`;
    if (this.ttlMs === 0) return consul.put(key, value);
    const session = await this.#session(value);
    // Written only when it is not ours already: each write would wake all watchers up.
    if ((await consul.holderOf(key)) !== session) await consul.take(key, value, session);
  }

  /** Ends our own session, and so keeps a later registration of the same address by another process. */
  async deregister(address: string): Promise<void> {
    const value = String(Entry.parse(address));
    const session = this.#sessions.get(value);
    if (session === undefined) await this.connection.delete(`${this.prefix}${value}`);
    else await this.connection.destroySession(session);
    this.#sessions.delete(value);
  }

  /** The session of an address, with its whole time before it. */
  async #session(value: string): Promise<string> {
    const consul = this.connection;
    const known = this.#sessions.get(value);
    if (known !== undefined && (await consul.renewSession(known))) return known;
    // Consul waits for up to twice the TTL.
    const seconds = Math.ceil(this.ttlMs / 2_000);
    const session = await consul.createSession(Math.min(Math.max(seconds, sessionSecondsMin), sessionSecondsMax));
    this.#sessions.set(value, session);
    return session;
  }

  protected connect(settings: KvSettings): ConsulApi {
    if (settings.hosts.length > 1)
      throw new DiscoveryError('INVALID_OPTION', 'consul does not support multiple endpoints');
    return new ConsulApi(settings, this.clock);
  }

  protected async follow(tell: Tell, signal: AbortSignal): Promise<void> {
    for (let index = 0; !signal.aborted;) {
      const listing = await this.connection.list(this.prefix, index, signal);
      index = listing.index;
      tellValues(tell, listing.values);
    }
  }
}
