import type { Cancel, Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { isMassExpiry, massExpiryDefaults } from '../base/mass-expiry.js';
import { isStoreError } from '../base/store-error.js';
import { type CustomEvent, leases, type Stored, type Tx } from '../kinds/index.js';
import type { MemoryStore, UpdateOptions } from '../state/index.js';
import { endLease } from './attached.js';

/** A lease in the memory of the leader. */
interface Armed {
  readonly version: number;
  readonly ttlMs: number;
  readonly guarded: boolean;
  readonly lost: boolean;
  /** Moment of its end, by the monotonic clock. */
  deadline: number;
  /** Moment at which it was first overdue, while it was only marked. */
  overdueSince: number | undefined;
  /** True while its end is on its way through the log: it cannot be renewed any more. */
  ending: boolean;
}

interface LeaseBody {
  readonly ttlMs: number;
  readonly guarded: boolean;
  readonly lost: boolean;
}

/** Fields of a new lease. */
export interface LeaseTerms {
  readonly ttlMs: number;
  readonly holder: string;
  readonly guarded: boolean;
  /** Identity that begins it. */
  readonly owner?: string | undefined;
}

/** Least time between two looks at the deadlines, milliseconds. */
const lookMs = 20;

/** Time after which the end of a lease is tried again while this member takes no writes, milliseconds. */
const blockedMs = 1_000;

/** A guarded lease that stays lost is removed after so many of its times to live. */
const guardTtls = 10;

export interface LeasesOptions {
  readonly store: MemoryStore;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Ends the leases that are not renewed. Time is only the leader's monotonic clock: a new leader gives
 * every lease its whole time again, and what has run out ends through the log, if it is still of the version that ran out.
 */
export class Leases {
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #armed = new Map<string, Armed>();
  #leading = false;
  #cancel: Cancel = () => undefined;
  /** Moment of the next look at the deadlines. */
  #due = Infinity;

  constructor({ store, clock, logger }: LeasesOptions) {
    this.#store = store;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Begins to follow the store. */
  start(): void {
    this.#store.queue.attach({
      specifiers: [leases.created(), leases.updated(), leases.deleted()],
      match: 'new',
      internal: true,
      onTransaction: (_record, events) => {
        if (this.#leading) for (const event of events) this.#heard(event as unknown as CustomEvent<LeaseBody>);
      },
      // A state took the place of everything: leases too.
      onError: () => {
        if (this.#leading) this.#armAll();
        this.start();
      },
      onClose: () => undefined,
    });
  }

  /** This member leads now: every lease counts in full. */
  lead(): void {
    this.#leading = true;
    this.#armAll();
  }

  follow(): void {
    this.#leading = false;
    this.#armed.clear();
    this.#cancel();
    this.#due = Infinity;
  }

  /**
   * Lets leases count in full again, from now. The caller then confirms that this member still leads, and asks
   * {@link lost}. Returns those that had been marked as lost.
   */
  renew(ids: readonly string[]): string[] {
    const now = this.#clock.monotonic();
    const marked: string[] = [];
    for (const id of ids) {
      const lease = this.#armed.get(id);
      if (!lease || lease.ending) continue;
      lease.deadline = now + lease.ttlMs;
      lease.overdueSince = undefined;
      if (lease.lost) marked.push(id);
    }
    return marked;
  }

  /** Stores that these are kept alive again. */
  async unmark(ids: readonly string[]): Promise<void> {
    for (const id of ids)
      await this.#store.update((tx) => {
        const lease = tx.kind(leases).get(id);
        if (lease?.lost) tx.kind(leases).update({ ...lease, lost: false });
      });
  }

  /** Creates a lease. Resolves with `undefined` when a request of this id was made before. */
  grant(lease: LeaseTerms, options: UpdateOptions): Promise<{ id: string; version: number } | undefined> {
    return this.#store.update((tx) => {
      const { id, meta } = tx.kind(leases).create(lease);
      return { id, version: meta.version };
    }, options);
  }

  /** Removes a lease and the objects attached to it. Resolves with the version. */
  revoke(id: string, options: UpdateOptions): Promise<number | undefined> {
    return this.#store.update((tx) => {
      if (tx.kind(leases).get(id) === undefined) return tx.version - 1;
      endLease(tx, this.#store.kinds, id);
      return tx.version;
    }, options);
  }

  /** Returns those that are over, or about to be. */
  lost(ids: readonly string[]): string[] {
    return ids.filter((id) => this.#armed.get(id)?.ending !== false);
  }

  #heard({ action, object }: CustomEvent<LeaseBody>): void {
    if (action === 'delete') this.#armed.delete(object.id);
    else this.#arm(object);
  }

  #armAll(): void {
    this.#armed.clear();
    for (const lease of this.#store.view((tx) => tx.kind(leases).find())) this.#arm(lease);
  }

  #arm({ id, meta, ttlMs, guarded, lost }: Stored<LeaseBody>): void {
    const deadline = this.#clock.monotonic() + ttlMs;
    const overdueSince = lost ? this.#armed.get(id)?.overdueSince : undefined;
    this.#armed.set(id, { version: meta.version, ttlMs, guarded, lost, deadline, overdueSince, ending: false });
    if (deadline < this.#due) this.#lookAgain();
  }

  /** Sees to it that the next deadline is not missed; one that has moved away is looked at for nothing. */
  #lookAgain(): void {
    if (!this.#leading) return;
    let next = Infinity;
    for (const { deadline, ending } of this.#armed.values()) if (!ending) next = Math.min(next, deadline);
    if (next >= this.#due) return;
    this.#cancel();
    this.#due = next;
    this.#cancel = this.#clock.schedule(Math.max(lookMs, next - this.#clock.monotonic()), () => {
      this.#due = Infinity;
      this.#look();
      this.#lookAgain();
    });
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const overdue = [...this.#armed].filter(([, { deadline, ending }]) => deadline <= now && !ending);
    const spare = this.#mostAreSilent(now);
    for (const [id, lease] of overdue) {
      lease.overdueSince ??= now;
      if (lease.guarded && spare && now - lease.overdueSince < guardTtls * lease.ttlMs) this.#mark(id, lease, now);
      else this.#end(id, lease);
    }
  }

  /** Tells whether most of the guarded leases are silent: then the network is the likelier culprit. */
  #mostAreSilent(now: number): boolean {
    const guarded = [...this.#armed.values()].filter((lease) => lease.guarded);
    const ages = guarded.map(({ deadline, overdueSince, ttlMs }) => ({
      instances: 1,
      ttlMs,
      ageMs: now - (overdueSince ?? deadline) + ttlMs, // marking it has moved its deadline
    }));
    return isMassExpiry(ages, massExpiryDefaults);
  }

  #mark(id: string, lease: Armed, now: number): void {
    lease.deadline = now + lease.ttlMs;
    if (lease.lost) return;
    this.#write('most guarded leases are silent', (tx) => {
      const stored = tx.kind(leases).get(id);
      if (stored?.meta.version === lease.version) tx.kind(leases).update({ ...stored, lost: true });
    }).catch(() => undefined); // looked at again when it is due again
  }

  #end(id: string, lease: Armed): void {
    lease.ending = true;
    this.#write('the lease ran out', (tx) => {
      if (tx.kind(leases).get(id)?.meta.version === lease.version) endLease(tx, this.#store.kinds, id);
    }).catch((error: unknown) => {
      lease.ending = false;
      if (isStoreError(error, 'AUDIT_BLOCKED')) lease.deadline = this.#clock.monotonic() + blockedMs;
      this.#lookAgain();
    });
  }

  /** Tries once: without a commit, this member leads no more, or looks again. */
  async #write(reason: string, write: (tx: Tx) => void): Promise<void> {
    try {
      await this.#store.update((tx) => void write(tx), { actor: 'skep', reason });
    } catch (error) {
      this.#logger.debug('a lease was not written', { error: messageOf(error) });
      throw error;
    }
  }
}
