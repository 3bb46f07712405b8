import { messageOf } from '../base/errors.js';
import { newId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import { isStoreError, isStoreErrorOf } from '../base/store-error.js';
import { Client } from '../client/index.js';
import {
  type Backend,
  type BackendOptions,
  type BackendPorts,
  createEntries,
  DiscoveryError,
  type DiscoveryWatch,
  Entry,
  following,
  type Tell,
  type WatchOptions,
} from '../discovery/index.js';
import { kvSettings } from '../discovery/kv-settings.js';
import { entries, type Stored } from '../kinds/index.js';

const skepStore = { scheme: 'skep', portDefault: 4242 };
/** Bounds of the limit for an answer of the members before that is an error, milliseconds. */
const answerMinMs = 1_000;
const answerMaxMs = 10_000;

type StoredEntry = Stored<{ readonly path: string; readonly address: string; readonly lease: string }>;

/** Options of {@link SkepBackend}. */
export interface SkepBackendOptions extends BackendPorts {
  /** Makes a client. Default: one for `hosts`. */
  readonly connect?: (hosts: readonly string[], timeoutMs: number) => Client;
}

/**
 * `skep://host[:port][,host[:port]…][/prefix]`: keeps entries as objects of a skep cluster. Each is attached to a lease that
 * the leader ends through the log. So every member has the same list, and watches receive each change.
 */
export class SkepBackend implements Backend, AsyncDisposable {
  readonly #clock: BackendPorts['clock'];
  readonly #connect: NonNullable<SkepBackendOptions['connect']>;
  #client: Client | undefined;
  #path = '';
  #heartbeatMs = 0;
  #ttlMs = 0;
  /** The lease of each address that was registered here. */
  readonly #leases = new Map<string, string>();

  constructor({ clock, connect = (hosts, timeoutMs) => new Client({ hosts, timeoutMs }) }: SkepBackendOptions) {
    this.#clock = clock;
    this.#connect = connect;
  }

  /** Takes the parts of the URL. @see Backend.initialize */
  initialize(uris: string, heartbeatMs: number, ttlMs: number, options: BackendOptions): void {
    const { hosts, prefix, tls } = kvSettings(uris, options, skepStore);
    if (tls) throw new DiscoveryError('INVALID_OPTION', 'skep:// has no TLS; leave out kv.cacertfile and kv.certfile');
    this.#path = prefix.slice(0, -1);
    this.#heartbeatMs = heartbeatMs;
    this.#ttlMs = ttlMs;
    // An outage is an error within about a heartbeat.
    this.#client = this.#connect(hosts, Math.min(answerMaxMs, Math.max(answerMinMs, heartbeatMs)));
  }

  /** Watches the entries. @see Backend.watch */
  watch({ signal }: WatchOptions = {}): DiscoveryWatch {
    const pauseMs = this.#heartbeatMs;
    return following((tell, stop) => this.#listen(tell, stop), { clock: this.#clock, pauseMs, signal });
  }

  /** Registers an address. @see Backend.register */
  async register(address: string): Promise<void> {
    const place = String(Entry.parse(address));
    await asDiscoveryError(async () => {
      const lease = this.#leases.get(place);
      if (lease !== undefined && (await this.#opened.keepAlive([lease])).length === 0) return;
      this.#leases.delete(place);
      const granted = this.#ttlMs === 0 ? '' : await this.#opened.grantLease({ ttlMs: this.#ttlMs, holder: place });
      await this.#put(place, granted);
      if (granted !== '') this.#leases.set(place, granted);
    });
  }

  /** Removes an address. @see Backend.deregister */
  async deregister(address: string): Promise<void> {
    const place = String(Entry.parse(address));
    await asDiscoveryError(async () => {
      const lease = this.#leases.get(place);
      this.#leases.delete(place);
      const found = await this.#find(place);
      if (found) {
        await this.#opened.remove(entries, found.id).catch((error: unknown) => {
          if (!isStoreError(error, 'NOT_FOUND')) throw error;
        });
      }
      if (lease !== undefined) await this.#opened.revokeLease(lease);
    });
  }

  /** Ends watches and the lease. */
  close(): Promise<void> {
    this.#client?.close();
    return Promise.resolve();
  }

  /** Closes it: `await using backend = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #opened(): Client {
    if (!this.#client) throw new TypeError('initialize comes first');
    return this.#client;
  }

  async #find(address: string): Promise<StoredEntry | undefined> {
    const where = { indexes: [{ index: 'place', is: `${this.#path} ${address}` }] };
    const { objects } = await this.#opened.list(entries, where);
    return objects[0];
  }

  /** Attaches the entry to this lease, and replaces an earlier registration of the address. */
  async #put(address: string, lease: string): Promise<void> {
    const draft = { path: this.#path, address, lease };
    for (;;) {
      const there = await this.#find(address);
      try {
        if (there) await this.#opened.update(entries, { id: there.id, ...draft }, { version: there.meta.version });
        else await this.#opened.create(entries, { id: newId(systemRandom), ...draft });
        return;
      } catch (error) {
        if (!isStoreErrorOf(error, ['NAME_CONFLICT', 'NOT_FOUND', 'SEQUENCE_CONFLICT'])) throw error;
      }
    }
  }

  /** Tells the full list, and again on each change. */
  async #listen(tell: Tell, signal: AbortSignal): Promise<void> {
    const there = new Map<string, string>();
    const say = () => tell.entries(createEntries([...there.values()].sort()));
    const selectors = [{ kind: entries.name, indexes: [{ index: 'path', is: this.#path }] }];
    for await (const message of this.#opened.messages({ selectors, snapshot: true, signal })) {
      if (message.type === 'resync') there.clear();
      else if (message.type === 'snapshot')
        for (const { object } of message.objects) there.set(object.id, (object as StoredEntry).address);
      else if (message.type === 'synced') say();
      else if (message.type === 'transaction') {
        for (const { action, object } of message.events) {
          if (action === 'delete') there.delete(object.id);
          else there.set(object.id, (object as unknown as StoredEntry).address);
        }
        say();
      }
    }
  }
}

/** Translates errors of the store into those of discovery. */
async function asDiscoveryError(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (isStoreErrorOf(error, ['INVALID_OBJECT', 'UNKNOWN_KIND']))
      throw new DiscoveryError('REFUSED', error.message, { cause: error });
    throw new DiscoveryError('UNAVAILABLE', messageOf(error), { cause: error });
  }
}
