import type { Clock } from '../../base/clock.js';
import { DiscoveryError } from '../errors.js';
import { type Answer, ask, askLines } from '../http.js';
import type { KvSettings, KvStore } from '../kv-settings.js';
import {
  bytes,
  type Change,
  type KeyValue,
  type Listing,
  prefixEnd,
  readFields,
  readInteger,
  readListing,
  readResult,
  readWatch,
  type WatchMessage,
} from './messages.js';

export const etcdStore: KvStore = { scheme: 'etcd', portDefault: 2379 };

/** Settings of a gateway. */
export type EtcdSettings = Pick<KvSettings, 'endpoints' | 'tls'>;

/** Limit of operations in one transaction of etcd, by its default. */
const operationsMax = 128;
/** Limit for the answer of one etcd before the next one is asked, milliseconds. */
const answerMs = 5_000;

/** A lease, as etcd numbers them: too long for a number. */
export type LeaseId = string;

/**
 * etcd v3 over its JSON gateway, which every etcd since 3.4 serves at `/v3` of its client port: plain HTTP, so that no
 * second copy of gRPC and of its descriptors is needed. Each request goes to the etcd that answered last; when that one
 * is away or has no leader, to the others in turn. All that is asked may be asked twice.
 */
export class EtcdGateway {
  readonly #settings: EtcdSettings;
  readonly #clock: Clock;
  /** Index of the endpoint to ask first. */
  #preferred = 0;

  constructor(settings: EtcdSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Everything below `prefix`, in the order of the keys. */
  async list(prefix: string, signal?: AbortSignal): Promise<Listing> {
    const range = { key: bytes(prefix), range_end: prefixEnd(prefix) };
    return readListing(readFields(await this.#call('kv/range', range, signal)));
  }

  async put(key: string, value: string): Promise<void> {
    await this.#call('kv/put', { key: bytes(key), value: bytes(value) });
  }

  async delete(key: string): Promise<void> {
    await this.#call('kv/deleterange', { key: bytes(key) });
  }

  /** Asks for a lease of at least `ttlSeconds`; etcd gives no very short ones. */
  async grantLease(ttlSeconds: number): Promise<LeaseId> {
    const { ID } = readFields(await this.#call('lease/grant', { TTL: String(ttlSeconds) }));
    return String(readInteger(ID));
  }

  /** Begins the lease's time anew. False when it is over already. */
  async keepLease(id: LeaseId): Promise<boolean> {
    const { TTL } = readResult(await this.#call('lease/keepalive', { ID: id }));
    return readInteger(TTL) > 0n;
  }

  /** Ends the lease, and with it all keys that it holds. Harmless when it is over. */
  async revokeLease(id: LeaseId): Promise<void> {
    await this.#call('lease/revoke', { ID: id }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  /** Writes the pair under the lease, unless that is how it is already. */
  async putUnderLease({ key, value }: KeyValue, lease: LeaseId): Promise<void> {
    const put = { key: bytes(key), value: bytes(value), lease };
    const held = { target: 'LEASE', key: put.key, lease, result: 'EQUAL' };
    await this.#call('kv/txn', { compare: [held], failure: [{ requestPut: put }] });
  }

  /** Writes the pairs under the lease, and takes over those that another lease holds. */
  async putAll(pairs: readonly KeyValue[], lease: LeaseId): Promise<void> {
    for (const some of slices(pairs, operationsMax)) {
      const puts = some.map(({ key, value }) => ({ requestPut: { key: bytes(key), value: bytes(value), lease } }));
      await this.#call('kv/txn', { success: puts });
    }
  }

  /** Deletes those of the keys that this lease holds. */
  async deleteHeld(keys: readonly string[], lease: LeaseId): Promise<void> {
    // Nested values count as well.
    for (const some of slices(keys, operationsMax / 2)) {
      const deletions = some.map(bytes).map((key) => {
        const compare = [{ target: 'LEASE', key, lease, result: 'EQUAL' }];
        return { requestTxn: { compare, success: [{ requestDeleteRange: { key } }] } };
      });
      await this.#call('kv/txn', { success: deletions });
    }
  }

  /** Yields everything below `prefix`, then the changes from that very revision on. Ends only by failing. */
  async *follow(prefix: string, signal: AbortSignal): AsyncGenerator<readonly Change[], never> {
    const { revision, pairs } = await this.list(prefix, signal);
    yield pairs;
    try {
      for await (const message of this.#watch(prefix, revision + 1n, signal)) {
        if ('ended' in message) throw new DiscoveryError('UNAVAILABLE', message.ended);
        if (message.changes.length > 0) yield message.changes;
      }
    } catch (error) {
      this.#preferAnother();
      throw error;
    }
    throw new DiscoveryError('UNAVAILABLE', 'the connection was closed');
  }

  /**
   * Yields what changes below `prefix`, beginning with the revision `from`, until either side ends it. Asks for a notice when
   * the etcd at the other end has lost its leader, for then it would know of no change.
   */
  async *#watch(prefix: string, from: bigint, signal: AbortSignal): AsyncGenerator<WatchMessage, undefined> {
    const create = { key: bytes(prefix), range_end: prefixEnd(prefix), start_revision: String(from) };
    const asking = this.#request('watch', { create_request: create }, this.#preferred);
    for await (const line of askLines({ ...asking, headers: { 'grpc-metadata-hasleader': 'true' }, signal })) {
      if (line.trim() !== '') yield readWatch(line);
    }
    return undefined;
  }

  /** Turns to the next one: this one broke off. */
  #preferAnother(): void {
    this.#preferred = (this.#preferred + 1) % this.#settings.endpoints.length;
  }

  async #call(path: string, body: object, signal?: AbortSignal): Promise<string> {
    let failure: unknown;
    for (let tried = 0; tried < this.#settings.endpoints.length; tried++) {
      try {
        const asking = this.#request(path, body, this.#preferred);
        return checked(await ask({ ...asking, timeoutMs: answerMs, ...(signal && { signal }) }));
      } catch (error) {
        if (signal?.aborted || !passes(error)) throw error;
        failure ??= error;
        this.#preferAnother();
      }
    }
    throw failure;
  }

  #request(path: string, body: object, endpoint: number) {
    const { endpoints, tls } = this.#settings;
    const url = new URL(`/v3/${path}`, endpoints[endpoint]);
    return { method: 'POST' as const, url, body: JSON.stringify(body), clock: this.#clock, ...(tls && { tls }) };
  }
}

/** Would another etcd, or the same one later, say something else? */
function passes(error: unknown): boolean {
  return error instanceof DiscoveryError && error.code === 'UNAVAILABLE';
}

function isNotFound(error: unknown): boolean {
  return error instanceof DiscoveryError && error.code === 'NOT_FOUND';
}

function checked({ status, text }: Answer): string {
  if (status === 200) return text;
  const { message } = readFields(text);
  const code = status === 404 ? 'NOT_FOUND' : status >= 500 || status === 408 ? 'UNAVAILABLE' : 'REFUSED';
  throw new DiscoveryError(code, typeof message === 'string' ? message : `etcd answered ${status}`);
}

function* slices<T>(all: readonly T[], most: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += most) yield all.slice(from, from + most);
}
