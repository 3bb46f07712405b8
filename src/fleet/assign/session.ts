import { onAbort } from '../../base/abort.js';
import { messageOf } from '../../base/errors.js';
import { newId } from '../../base/ids.js';
import { isStoreErrorOf } from '../../base/store-error.js';
import { aborted, pause, settledWithin } from '../../base/waiting.js';
import { changeOf } from '../../client/index.js';
import { Lease } from '../../coordination/index.js';
import { type DriverBody, drivers, leases, type Stored } from '../../kinds/index.js';
import { Holding } from './holding.js';
import { ListKeeper } from './keeper.js';
import type { DriveEngine, EngineLink, SessionPorts } from './ports.js';

/** Time to live of the lease of a manager, and its part for stopping what it protects, ms. */
const leaseMs = 10_000;
const marginMs = 2_000;
/** Wait before another try to begin, ms. */
const againMs = 1_000;
/** Limit for giving a lease back, ms: it expires by itself. */
const revokeMs = 1_000;

/** Refusals after which the store of this member, a little behind, will show what to do. */
const registerAgain = ['NAME_CONFLICT', 'ALREADY_EXISTS', 'NOT_FOUND', 'NOT_LEADER', 'OUTCOME_UNKNOWN'] as const;

/** Options of a {@link DriverSession}. */
export interface DriverSessionOptions<L extends EngineLink> extends SessionPorts {
  /** This member, as other managers know it. */
  readonly self: Pick<DriverBody, 'member' | 'name' | 'addr' | 'node' | 'ingress'>;
  /** Makes a connection to the engine at an address. Asks the engine nothing. */
  readonly connect: (addr: string) => L;
  /** Drives an engine. */
  readonly drive: DriveEngine<L>;
}

/**
 * A manager among those that drive engines. It holds one lease; the leader gives it engines; it takes the lock of each on that
 * lease, and drives the engine while it is wanted and the lease lives. A lost lease stops everything, and a new one begins.
 */
export class DriverSession<L extends EngineLink> {
  readonly #options: DriverSessionOptions<L>;
  readonly #keeper: ListKeeper;

  constructor(options: DriverSessionOptions<L>) {
    this.#options = options;
    this.#keeper = new ListKeeper(options);
  }

  /** Takes the newest list of discovery. */
  list(addrs: readonly string[]): void {
    this.#keeper.take(addrs);
  }

  /** Drives engines until `signal` aborts. Resolves when all of them have stopped. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await this.#once(signal);
      } catch (error) {
        if (!signal.aborted) logger.warn('this manager drives no engines', { error: messageOf(error) });
      }
      await pause(clock, againMs, signal);
    }
  }

  /** Drives engines for as long as one lease lives. */
  async #once(signal: AbortSignal): Promise<void> {
    const { client, clock, self, logger } = this.#options;
    const lease = await Lease.grant(client, { ttlMs: leaseMs, marginMs, holder: self.name, clock, signal });
    const given = new AbortController();
    try {
      const driver = await this.#register(lease, signal);
      logger.info('this manager drives engines', { driver: driver.id });
      await this.#hold(lease, driver, signal);
      if (!signal.aborted) logger.warn('this manager stops to drive engines', { reason: messageOf(lease.signal.reason) });
    } finally {
      await settledWithin(clock, revokeMs, lease.revoke({ signal: given.signal }));
      given.abort();
    }
  } // prettier-ignore

  /**
   * Makes the object that tells the leader of this manager. It takes the place of that of an earlier process of this member in
   * one transaction, so that the engines go from one to the other and to no third.
   */
  async #register(lease: Lease, signal: AbortSignal): Promise<Stored<DriverBody>> {
    const { client, store, clock, random, self } = this.#options;
    const driver = { id: newId(random), ...self, lease: lease.id, cannotReach: [] };
    for (;;) {
      signal.throwIfAborted();
      lease.signal.throwIfAborted();
      const before = store.view((tx) => tx.kind(drivers).find(drivers.by('member', self.member))[0]);
      if (before?.lease === lease.id) return before; // made by a call whose answer was lost
      const ended = before ? [{ op: 'remove' as const, kind: leases.name, id: before.lease }] : [];
      try {
        await client.apply([...ended, changeOf('create', drivers, driver)], {
          signal: AbortSignal.any([signal, lease.signal]),
        });
        return { ...driver, meta: { version: 0, createdAt: 0, updatedAt: 0 } };
      } catch (error) {
        if (!isStoreErrorOf(error, registerAgain)) throw error;
        await pause(clock, againMs / 5, signal);
      }
    }
  }

  async #hold(lease: Lease, driver: Stored<DriverBody>, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const forget = onAbort(signal, () => over.abort(signal.reason));
    const lost = onAbort(lease.signal, () => over.abort(lease.signal.reason));
    const holding = new Holding({ ...this.#options, lease, driver, keeper: this.#keeper, signal: over.signal });
    try {
      holding.start();
      await aborted(over.signal);
    } finally {
      forget();
      lost();
      over.abort();
      await holding.ended();
    }
  }
}
