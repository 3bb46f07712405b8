import type { Backend, BackendOptions, BackendPorts, WatchOptions } from '../backend.js';
import { ConsulApi } from '../consul/api.js';
import { Entry } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { kvSettings } from '../kv-settings.js';
import { following } from '../following.js';
import { tellValues } from '../values.js';
import type { DiscoveryWatch, Tell } from '../watch.js';

/** What Consul takes for the TTL of a session, seconds. */
const sessionSecondsMin = 10;
const sessionSecondsMax = 86_400;

/** `consul://HOST:PORT/PREFIX`: each entry is a key that a session holds and takes along when it ends. */
export class ConsulBackend implements Backend {
  readonly #ports: BackendPorts;
  readonly #sessions = new Map<string, string>();
  #consul: ConsulApi | undefined;
  #prefix = '';
  #heartbeatMs = 0;
  #ttlMs = 0;

  constructor(ports: BackendPorts) {
    this.#ports = ports;
  }

  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void {
    const settings = kvSettings(uris, options, { scheme: 'consul', portDefault: 8500 });
    if (settings.hosts.length > 1)
      throw new DiscoveryError('INVALID_OPTION', 'consul does not support multiple endpoints');
    this.#consul = new ConsulApi(settings, this.#ports.clock);
    this.#prefix = settings.prefix;
    this.#heartbeatMs = heartbeatMs;
    this.#ttlMs = ttlMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    const { clock } = this.#ports;
    return following((tell, stop) => this.#follow(tell, stop), { clock, pauseMs: this.#heartbeatMs, signal });
  }

  async register(address: string): Promise<void> {
    const consul = this.#api();
    const value = String(Entry.parse(address));
    const key = `${this.#prefix}${value}`;
    if (this.#ttlMs === 0) return consul.put(key, value);
    const session = await this.#session(value);
    // Written only when it is not ours already: each write would wake all watchers up.
    if ((await consul.holderOf(key)) !== session) await consul.take(key, value, session);
  }

  /** Ends our own session, and so leaves alone what somebody else has registered at the same address since. */
  async deregister(address: string): Promise<void> {
    const value = String(Entry.parse(address));
    const session = this.#sessions.get(value);
    if (session === undefined) await this.#api().delete(`${this.#prefix}${value}`);
    else await this.#api().destroySession(session);
    this.#sessions.delete(value);
  }

  /** The session of an address, with its whole time before it. */
  async #session(value: string): Promise<string> {
    const consul = this.#api();
    const known = this.#sessions.get(value);
    if (known !== undefined && (await consul.renewSession(known))) return known;
    // Consul waits for up to twice the TTL.
    const seconds = Math.ceil(this.#ttlMs / 2_000);
    const session = await consul.createSession(Math.min(Math.max(seconds, sessionSecondsMin), sessionSecondsMax));
    this.#sessions.set(value, session);
    return session;
  }

  /** Tells the list, then each change of it. Ends by failing, or at the abort. */
  async #follow(tell: Tell, signal: AbortSignal): Promise<void> {
    for (let index = 0; !signal.aborted;) {
      const listing = await this.#api().list(this.#prefix, index, signal);
      index = listing.index;
      tellValues(tell, listing.values);
    }
  }

  #api(): ConsulApi {
    if (!this.#consul) throw new Error('initialize comes first');
    return this.#consul;
  }
}
