import { Limiter } from '../../base/limiter.js';
import { StoreError } from '../../base/store-error.js';
import type { DockerClient } from '../engine/docker-client.js';

/** Most changes that an engine is asked for at a time. Lists and inspections do not wait behind them. */
const changesMax = 4;
/** Most stops at a time: an engine only waits in them, for as long as containers take to end. */
const stopsMax = 64;

/** Sends a change to the engine, with options that end the call when the driver ends. */
export type Send<T> = (client: DockerClient, options: { readonly signal: AbortSignal }) => Promise<T>;

/**
 * The only way in which a driver changes something on its engine. Right before each call it asks whether it still drives
 * the engine; a call under way is aborted when that ends.
 */
export class Mutations {
  readonly #client: DockerClient;
  readonly #signal: AbortSignal;
  readonly #holds: () => boolean;
  readonly #changes = new Limiter(changesMax);
  readonly #stops = new Limiter(stopsMax);

  /** @param holds Asked right before each call: a process that was paused learns there that it is late. */
  constructor(client: DockerClient, signal: AbortSignal, holds: () => boolean = () => true) {
    this.#holds = holds;
    this.#client = client;
    this.#signal = signal;
  }

  /** Sends a change when its turn comes. Rejects with the reason of the signal once that has aborted. */
  change<T>(send: Send<T>): Promise<T> {
    return this.#changes.run(() => this.#send(send));
  }

  /** Sends a stop: it has a turn of its own, because it may last for minutes. */
  stop<T>(send: Send<T>): Promise<T> {
    return this.#stops.run(() => this.#send(send));
  }

  /** Sends a change that has a limit of its own. */
  unlimited<T>(send: Send<T>): Promise<T> {
    return this.#send(send);
  }

  async #send<T>(send: Send<T>): Promise<T> {
    this.#signal.throwIfAborted();
    if (!this.#holds()) throw new StoreError('LEASE_LOST', 'this manager drives the engine no longer; another may');
    return send(this.#client, { signal: this.#signal });
  }
}
