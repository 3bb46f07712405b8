import { following } from '../following.js';
import type { Backend, BackendOptions, BackendPorts, WatchOptions } from '../backend.js';
import { Entry } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { EtcdGateway, type LeaseId } from '../etcd/gateway.js';
import { etcdSettings } from '../etcd/settings.js';
import { tellValues } from '../values.js';
import type { DiscoveryWatch, Tell } from '../watch.js';

/**
 * `etcd://HOST:PORT,…/PREFIX`: each entry is a key under a lease, told as it changes. After a break the whole list is
 * read again and followed from that very revision, so that nothing between is missed.
 */
export class EtcdBackend implements Backend {
  readonly #ports: BackendPorts;
  readonly #leases = new Map<string, LeaseId>();
  #gateway: EtcdGateway | undefined;
  #prefix = '';
  #heartbeatMs = 0;
  #ttlMs = 0;

  constructor(ports: BackendPorts) {
    this.#ports = ports;
  }

  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void {
    const settings = etcdSettings(uris, options);
    this.#gateway = new EtcdGateway(settings, this.#ports.clock);
    this.#prefix = settings.prefix;
    this.#heartbeatMs = heartbeatMs;
    this.#ttlMs = ttlMs;
  }

  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    const { clock } = this.#ports;
    return following((tell, stop) => this.#follow(tell, stop), { clock, pauseMs: this.#heartbeatMs, signal });
  }

  async register(address: string): Promise<void> {
    const gateway = this.#etcd();
    const value = String(Entry.parse(address));
    const entry = { key: `${this.#prefix}${value}`, value };
    if (this.#ttlMs === 0) {
      await gateway.put(entry.key, entry.value);
      return;
    }
    try {
      await gateway.putUnderLease(entry, await this.#lease(address));
    } catch (error) {
      if (!(error instanceof DiscoveryError && error.code === 'NOT_FOUND')) throw error;
      // The lease was over between the two.
      this.#leases.delete(address);
      await gateway.putUnderLease(entry, await this.#lease(address));
    }
  }

  /** Ends our own lease, and so leaves alone what somebody else has registered at the same address since. */
  async deregister(address: string): Promise<void> {
    const lease = this.#leases.get(address);
    if (lease === undefined) await this.#etcd().delete(`${this.#prefix}${String(Entry.parse(address))}`);
    else await this.#etcd().revokeLease(lease);
    this.#leases.delete(address);
  }

  /** The lease of an address, with its whole time before it. */
  async #lease(address: string): Promise<LeaseId> {
    const gateway = this.#etcd();
    const known = this.#leases.get(address);
    if (known !== undefined && (await gateway.keepLease(known))) return known;
    const lease = await gateway.grantLease(Math.ceil(this.#ttlMs / 1_000));
    this.#leases.set(address, lease);
    return lease;
  }

  /** Tells the list, then each change of it. Ends only by failing. */
  async #follow(tell: Tell, signal: AbortSignal): Promise<never> {
    const gateway = this.#etcd();
    const { revision, pairs } = await gateway.list(this.#prefix, signal);
    const values = new Map(pairs.map(({ key, value }) => [key, value]));
    tellValues(tell, values);
    try {
      for await (const message of gateway.watch(this.#prefix, revision + 1n, signal)) {
        if ('ended' in message) throw new Error(message.ended);
        if (message.changes.length === 0) continue;
        for (const { key, value } of message.changes) {
          if (value === undefined) values.delete(key);
          else values.set(key, value);
        }
        tellValues(tell, values);
      }
    } catch (error) {
      gateway.preferAnother();
      throw error;
    }
    throw new Error('the connection was closed');
  }

  #etcd(): EtcdGateway {
    if (!this.#gateway) throw new Error('initialize comes first');
    return this.#gateway;
  }
}
