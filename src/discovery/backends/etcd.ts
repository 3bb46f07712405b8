import type { BackendPorts } from '../backend.js';
import { Entry } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { EtcdGateway, etcdStore, type LeaseId } from '../etcd/gateway.js';
import { KvBackend } from '../kv-backend.js';
import type { KvSettings } from '../kv-settings.js';
import { tellValues } from '../values.js';
import type { Tell } from '../watch.js';

/**
 * `etcd://HOST:PORT,…/PREFIX`: each entry is a key under a lease, told as it changes. After a break the whole list is
 * read again and followed from that very revision, so that nothing between is missed.
 */
export class EtcdBackend extends KvBackend<EtcdGateway> {
  readonly #leases = new Map<string, LeaseId>();

  constructor(ports: BackendPorts) {
    super(etcdStore, ports);
  }

  async register(address: string): Promise<void> {
    const gateway = this.connection;
    const value = String(Entry.parse(address));
    const entry = { key: `${this.prefix}${value}`, value };
    if (this.ttlMs === 0) {
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

  /** Ends our own lease, and so keeps a later registration of the same address by another process. */
  async deregister(address: string): Promise<void> {
    const lease = this.#leases.get(address);
    if (lease === undefined) await this.connection.delete(`${this.prefix}${String(Entry.parse(address))}`);
    else await this.connection.revokeLease(lease);
    this.#leases.delete(address);
  }

  /** The lease of an address, with its whole time before it. */
  async #lease(address: string): Promise<LeaseId> {
    const gateway = this.connection;
    const known = this.#leases.get(address);
    if (known !== undefined && (await gateway.keepLease(known))) return known;
    const lease = await gateway.grantLease(Math.ceil(this.ttlMs / 1_000));
    this.#leases.set(address, lease);
    return lease;
  }

  protected connect(settings: KvSettings): EtcdGateway {
    return new EtcdGateway(settings, this.clock);
  }

  protected async follow(tell: Tell, signal: AbortSignal): Promise<void> {
    const values = new Map<string, string>();
    for await (const changes of this.connection.follow(this.prefix, signal)) {
      for (const { key, value } of changes) {
        if (value === undefined) values.delete(key);
        else values.set(key, value);
      }
      tellValues(tell, values);
    }
  }
}
