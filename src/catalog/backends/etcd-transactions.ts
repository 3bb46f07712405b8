import type { Clock } from '../../base/clock.js';
import { DiscoveryError } from '../../discovery/index.js';
import type { LeaseId } from '../../discovery/etcd/gateway.js';
import { bytes, readFields, type KeyValue } from '../../discovery/etcd/messages.js';
import type { EtcdSettings } from '../../discovery/etcd/settings.js';
import { ask } from '../../discovery/http.js';

/** How many operations one transaction of etcd may have, by default. */
const operationsMax = 128;
/** How long one etcd may take before the next one is asked, milliseconds. */
const answerMs = 5_000;

/** Several keys of one lease changed at once. Each transaction may be asked twice. */
export class EtcdTransactions {
  readonly #settings: EtcdSettings;
  readonly #clock: Clock;
  /** Which endpoint to ask first. */
  #preferred = 0;

  constructor(settings: EtcdSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** Writes the pairs under the lease, and takes over those that another lease holds. */
  async putAll(pairs: readonly KeyValue[], lease: LeaseId): Promise<void> {
    for (const some of slices(pairs, operationsMax)) {
      await this.#transact(
        some.map(({ key, value }) => ({ requestPut: { key: bytes(key), value: bytes(value), lease } })),
      );
    }
  }

  /** Deletes those of the keys that this lease holds. */
  async deleteHeld(keys: readonly string[], lease: LeaseId): Promise<void> {
    // What is nested counts as well.
    for (const some of slices(keys, operationsMax / 2)) {
      const operations = some.map((key) => ({
        requestTxn: {
          compare: [{ target: 'LEASE', key: bytes(key), lease, result: 'EQUAL' }],
          success: [{ requestDeleteRange: { key: bytes(key) } }],
        },
      }));
      await this.#transact(operations);
    }
  }

  async #transact(operations: readonly object[]): Promise<void> {
    const { endpoints, tls } = this.#settings;
    const body = JSON.stringify({ success: operations });
    for (let tried = 1; ; tried++) {
      try {
        const url = new URL('/v3/kv/txn', endpoints[this.#preferred]);
        const asking = { method: 'POST' as const, url, body, clock: this.#clock, timeoutMs: answerMs };
        const { status, text } = await ask({ ...asking, ...(tls && { tls }) });
        if (status === 200) return;
        throw refused(status, text);
      } catch (error) {
        const passes = error instanceof DiscoveryError && error.code === 'UNAVAILABLE';
        if (passes) this.#preferred = (this.#preferred + 1) % endpoints.length;
        if (!passes || tried >= endpoints.length) throw error;
      }
    }
  }
}

function refused(status: number, text: string): DiscoveryError {
  const { message } = readFields(text);
  const code = status === 404 ? 'NOT_FOUND' : status >= 500 || status === 408 ? 'UNAVAILABLE' : 'REFUSED';
  return new DiscoveryError(code, typeof message === 'string' ? message : `etcd answered ${status}`);
}

function* slices<T>(all: readonly T[], most: number): Generator<T[]> {
  for (let from = 0; from < all.length; from += most) yield all.slice(from, from + most);
}
